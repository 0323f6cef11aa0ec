import { Page } from '../frame/page.tsx';

/** The page Enrollment. */
export function EnrollmentPage() {
  return <Page name="Enrollment">{null}</Page>;
}
