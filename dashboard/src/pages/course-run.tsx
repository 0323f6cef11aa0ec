import { Page } from '../frame/page.tsx';

/** The page CourseRun. */
export function CourseRunPage() {
  return <Page name="CourseRun">{null}</Page>;
}
