import { Page } from '../frame/page.tsx';

/** The page Journey. */
export function JourneyPage() {
  return <Page name="Journey">{null}</Page>;
}
