import { Page } from '../frame/page.tsx';

/** The page Inbox. */
export function InboxPage() {
  return <Page name="Inbox">{null}</Page>;
}
