import { Page } from '../frame/page.tsx';

/** The page NewBatch. */
export function NewBatchPage() {
  return <Page name="NewBatch">{null}</Page>;
}
