import { Page } from '../frame/page.tsx';

/** The page Journeys. */
export function JourneysPage() {
  return <Page name="Journeys">{null}</Page>;
}
