import { Page } from '../frame/page.tsx';

/** The page Document. */
export function DocumentPage() {
  return <Page name="Document">{null}</Page>;
}
