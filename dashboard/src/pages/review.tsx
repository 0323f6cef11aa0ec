import { Page } from '../frame/page.tsx';

/** The page Review. */
export function ReviewPage() {
  return <Page name="Review">{null}</Page>;
}
