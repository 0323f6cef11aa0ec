import { Page } from '../frame/page.tsx';

/** The page Batch. */
export function BatchPage() {
  return <Page name="Batch">{null}</Page>;
}
