import { Page } from '../frame/page.tsx';

/** The page Courses. */
export function CoursesPage() {
  return <Page name="Courses">{null}</Page>;
}
