import { Page } from '../frame/page.tsx';

/** The page Admin. */
export function AdminPage() {
  return <Page name="Admin">{null}</Page>;
}
