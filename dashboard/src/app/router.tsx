import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { fetchCode } from '../api/http/code.ts';
import { ApiProblem } from '../api/http/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { Failed } from '../entities/answer/failed.tsx';
import { Frame } from '../frame/frame.tsx';
import { Loading } from '../ui/states.tsx';
import { FailedPage, Outside, PendingPage } from './page-states.tsx';
import { queryClient } from './query-client.ts';
import { days, readSearch, text } from './search.ts';

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readSearch({ next: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/sign-in.tsx')), 'SignInPage'),
});

/** Everything behind sign-in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  pendingComponent: () => (
    <Outside>
      <Loading />
    </Outside>
  ),
  errorComponent: ({ error }) => (
    <Outside>
      <Failed error={error} onRetry={() => location.reload()} />
    </Outside>
  ),
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status === 401)
        throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } });
      throw error;
    }
  },
});

const page = <P extends string>(path: P) => ({ getParentRoute: () => frame, path }) as const;

const home = createRoute({
  ...page('/'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/home.tsx')), 'HomePage'),
});
const inbox = createRoute({
  ...page('/inbox'),
  validateSearch: readSearch({ show: text, gate: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/inbox.tsx')), 'InboxPage'),
});
const journeys = createRoute({
  ...page('/journeys'),
  validateSearch: readSearch({ status: text, q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/journeys/journeys.tsx')), 'JourneysPage'),
});
const journey = createRoute({
  ...page('/journeys/$slug'),
  validateSearch: readSearch({ tab: text, version: text, step: text, against: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/journeys/journey.tsx')), 'JourneyPage'),
});
const templates = createRoute({
  ...page('/templates'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/templates/templates.tsx')), 'TemplatesPage'),
});
const template = createRoute({
  ...page('/templates/$slug'),
  validateSearch: readSearch({ contact: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/templates/template.tsx')), 'TemplatePage'),
});
const courses = createRoute({
  ...page('/courses'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/courses/courses.tsx')), 'CoursesPage'),
});
const courseRun = createRoute({
  ...page('/courses/$slug/$runSlug'),
  validateSearch: readSearch({ show: text, payment: text, q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/courses/course-run.tsx')), 'CourseRunPage'),
});
const newCourseRun = createRoute({
  ...page('/courses/$slug/runs/new'),
  component: lazyRouteComponent(
    () => fetchCode(() => import('../pages/courses/edit-course-run.tsx')),
    'NewCourseRunPage',
  ),
});
const editCourseRun = createRoute({
  ...page('/courses/$slug/$runSlug/edit'),
  component: lazyRouteComponent(
    () => fetchCode(() => import('../pages/courses/edit-course-run.tsx')),
    'EditCourseRunPage',
  ),
});
const enrollment = createRoute({
  ...page('/enrollments/$id'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/courses/enrollment.tsx')), 'EnrollmentPage'),
});
const batches = createRoute({
  ...page('/batches'),
  validateSearch: readSearch({ state: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/documents/batches.tsx')), 'BatchesPage'),
});
const newBatch = createRoute({
  ...page('/batches/new'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/documents/new-batch.tsx')), 'NewBatchPage'),
});
const batch = createRoute({
  ...page('/batches/$id'),
  validateSearch: readSearch({ show: text, q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/documents/batch.tsx')), 'BatchPage'),
});
const review = createRoute({
  ...page('/batches/$id/review'),
  staticData: { hasNarrowRail: true },
  validateSearch: readSearch({ document: text, show: text, finding: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/documents/review.tsx')), 'ReviewPage'),
});
const document = createRoute({
  ...page('/documents/$id'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/documents/document.tsx')), 'DocumentPage'),
});
const runs = createRoute({
  ...page('/runs'),
  validateSearch: readSearch({
    kind: text,
    state: text,
    status: text,
    waitingFor: text,
    journey: text,
    version: text,
    step: text,
    contact: text,
    since: days,
    sort: text,
  }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/runs/runs.tsx')), 'RunsPage'),
});
const run = createRoute({
  ...page('/runs/$id'),
  validateSearch: readSearch({ tab: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/runs/run.tsx')), 'RunPage'),
});
const contacts = createRoute({
  ...page('/contacts'),
  validateSearch: readSearch({ q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/contacts/contacts.tsx')), 'ContactsPage'),
});
const contact = createRoute({
  ...page('/contacts/$externalId'),
  validateSearch: readSearch({ tab: text, journey: text, mail: text, run: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/contacts/contact.tsx')), 'ContactPage'),
});
const mails = createRoute({
  ...page('/mails'),
  validateSearch: readSearch({ template: text, journey: text, step: text, version: text, days, show: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/contacts/mails.tsx')), 'MailsPage'),
});
const admin = createRoute({
  ...page('/admin'),
  validateSearch: readSearch({ tab: text, act: text, subject: text, who: text, days }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/admin.tsx')), 'AdminPage'),
});
const incidents = createRoute({
  ...page('/incidents'),
  validateSearch: readSearch({ state: text, incident: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/incidents.tsx')), 'IncidentsPage'),
});
const elsewhere = createRoute({
  ...page('$'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/not-found.tsx')), 'NotFoundPage'),
});

const inside = [
  home,
  inbox,
  journeys,
  journey,
  templates,
  template,
  courses,
  courseRun,
  newCourseRun,
  editCourseRun,
  enrollment,
  batches,
  newBatch,
  batch,
  review,
  document,
  runs,
  run,
  contacts,
  contact,
  mails,
  incidents,
  admin,
  elsewhere,
];

/** Every address of the dashboard; what narrows a list is in its query. */
export const router = createRouter({
  routeTree: root.addChildren([signIn, frame.addChildren(inside)]),
  defaultPreload: 'intent',
  defaultPendingComponent: PendingPage,
  scrollRestoration: true,
  defaultErrorComponent: FailedPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
