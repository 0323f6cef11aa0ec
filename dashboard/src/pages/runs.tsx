import { Page } from '../frame/page.tsx';

/** The page Runs. */
export function RunsPage() {
  return <Page name="Runs">{null}</Page>;
}
