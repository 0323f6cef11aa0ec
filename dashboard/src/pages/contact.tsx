import { Page } from '../frame/page.tsx';

/** The page Contact. */
export function ContactPage() {
  return <Page name="Contact">{null}</Page>;
}
