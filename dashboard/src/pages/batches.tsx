import { Page } from '../frame/page.tsx';

/** The page Batches. */
export function BatchesPage() {
  return <Page name="Batches">{null}</Page>;
}
