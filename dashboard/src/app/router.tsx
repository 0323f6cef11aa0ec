import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { fetchCode } from '../api/code.ts';
import { ApiProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { Frame } from '../frame/frame.tsx';
import { Failed, Loading } from '../ui/states.tsx';
import { FailedPage, Outside, PendingPage } from './page-states.tsx';
import { queryClient } from './query-client.ts';
import { readSearch, text } from './search.ts';

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
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/journeys.tsx')), 'JourneysPage'),
});
const journey = createRoute({
  ...page('/journeys/$slug'),
  validateSearch: readSearch({ tab: text, version: text, step: text, against: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/journey.tsx')), 'JourneyPage'),
});
const courses = createRoute({
  ...page('/courses'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/courses.tsx')), 'CoursesPage'),
});
const courseRun = createRoute({
  ...page('/courses/$slug/$runSlug'),
  validateSearch: readSearch({ show: text, payment: text, q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/course-run.tsx')), 'CourseRunPage'),
});
const enrollment = createRoute({
  ...page('/enrollments/$id'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/enrollment.tsx')), 'EnrollmentPage'),
});
const batches = createRoute({
  ...page('/batches'),
  validateSearch: readSearch({ state: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/batches.tsx')), 'BatchesPage'),
});
const newBatch = createRoute({
  ...page('/batches/new'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/new-batch.tsx')), 'NewBatchPage'),
});
const batch = createRoute({
  ...page('/batches/$id'),
  validateSearch: readSearch({ show: text, q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/batch.tsx')), 'BatchPage'),
});
const review = createRoute({
  ...page('/batches/$id/review'),
  staticData: { hasNarrowRail: true },
  validateSearch: readSearch({ document: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/review.tsx')), 'ReviewPage'),
});
const document = createRoute({
  ...page('/documents/$id'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/document.tsx')), 'DocumentPage'),
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
    since: text,
    sort: text,
  }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/runs.tsx')), 'RunsPage'),
});
const run = createRoute({
  ...page('/runs/$id'),
  validateSearch: readSearch({ tab: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/run.tsx')), 'RunPage'),
});
const contacts = createRoute({
  ...page('/contacts'),
  validateSearch: readSearch({ q: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/contacts.tsx')), 'ContactsPage'),
});
const contact = createRoute({
  ...page('/contacts/$externalId'),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/contact.tsx')), 'ContactPage'),
});
const admin = createRoute({
  ...page('/admin'),
  validateSearch: readSearch({ tab: text, act: text, subject: text }),
  component: lazyRouteComponent(() => fetchCode(() => import('../pages/admin.tsx')), 'AdminPage'),
});
const incidents = createRoute({
  ...page('/incidents'),
  validateSearch: readSearch({ state: text }),
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
  courses,
  courseRun,
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
