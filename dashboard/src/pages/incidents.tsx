import { Page } from '../frame/page.tsx';

/** The page Incidents. */
export function IncidentsPage() {
  return <Page name="Incidents">{null}</Page>;
}
