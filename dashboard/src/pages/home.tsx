import { Page } from '../frame/page.tsx';

/** The page Home. */
export function HomePage() {
  return <Page name="Home">{null}</Page>;
}
