import { Page } from '../frame/page.tsx';

/** The page Run. */
export function RunPage() {
  return <Page name="Run">{null}</Page>;
}
