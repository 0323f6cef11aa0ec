import { Page } from '../frame/page.tsx';

/** The page Contacts. */
export function ContactsPage() {
  return <Page name="Contacts">{null}</Page>;
}
