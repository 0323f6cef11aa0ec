import { setNonce } from 'get-nonce';

/** The nonce that the server wrote into the page: only styles that carry it may be added. */
export function styleNonce(): string {
  const element = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return element?.nonce ?? '';
}

/** Hands the nonce to the library that holds back scrolling behind a dialog. */
export function shareNonce(): void {
  setNonce(styleNonce());
}
