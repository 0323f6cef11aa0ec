import { type DynamicModule, Module } from '@nestjs/common';
import { ApiKeysModule } from './access/api-keys/api-keys.module.ts';
import { AuditModule } from './access/audit/audit.module.ts';
import { BatchesModule } from './documents/batches.module.ts';
import { ConnectionsModule } from './access/connections/connections.module.ts';
import { CoursesModule } from './courses/courses.module.ts';
import { CourseMessagesModule } from './courses/messages/course-messages.module.ts';
import { ContactsModule } from './contacts/contacts.module.ts';
import { DashboardModule } from './pages/dashboard/dashboard.module.ts';
import { EffectsModule } from './runs/effects.module.ts';
import { EnrollmentPageModule } from './pages/enrollment/enrollment-page.module.ts';
import { EnrollmentsModule } from './courses/enrollments.module.ts';
import { PaidPageModule } from './pages/paid/paid-page.module.ts';
import { EventsModule } from './contacts/events.module.ts';
import { GatePageModule } from './pages/gate/gate-page.module.ts';
import { GatesModule } from './approvals/gates.module.ts';
import { HealthModule } from './operations/health/health.module.ts';
import { HooksModule } from './courses/hooks.module.ts';
import { HttpModule } from './http/http.module.ts';
import type { ApiParts } from './http/parts.ts';
import { IncidentsModule } from './operations/incidents/incidents.module.ts';
import { JourneysModule } from './journeys/journeys.module.ts';
import { ModelsModule } from './models/models.module.ts';
import { MailsModule } from './runs/mails/mails.module.ts';
import { MailHooksModule } from './contacts/mail-hooks.module.ts';
import { MembersModule } from './access/members/members.module.ts';
import { OpenApiModule } from './pages/docs/openapi.module.ts';
import { OverviewModule } from './operations/overview/overview.module.ts';
import { PagesModule } from './pages/pages.module.ts';
import { ProgressModule } from './courses/progress.module.ts';
import { RunsModule } from './runs/runs.module.ts';
import { SearchModule } from './operations/search/search.module.ts';
import { SegmentsModule } from './segments/segments.module.ts';
import { SessionModule } from './access/session/session.module.ts';
import { SetupModule } from './pages/setup/setup.module.ts';
import { SignInModule } from './access/sign-in/sign-in.module.ts';
import { StreamModule } from './operations/stream/stream.module.ts';
import { SystemModule } from './operations/system/system.module.ts';
import { TemplatesModule } from './journeys/templates/templates.module.ts';
import { ViewsModule } from './access/views/views.module.ts';
import { UnsubscribeModule } from './pages/unsubscribe/unsubscribe.module.ts';

/**
 * The features, one module each, in the order of the OpenAPI document. A feature lives in the room of its word with
 * - `<feature>.controller.ts`: methods of decorators and one `return`; `@Route(featureRoutes.show)` on each, `@Caller()` for the
 *   principal, `@Param`, `@Query` and `@Body` of `api/http/route.ts`, whose schemas the route has; the routes themselves are in
 *   `contracts/<word>/<feature>.routes.ts`;
 * - `<feature>.service.ts`: `store.inWorkspace(caller, (tx) => …)` over functions of `platform/db/`, refusals by `AppError`,
 *   human acts by `recordAudit(tx, { ...auditActor(caller), … })`, rows mapped to the contract's shape;
 * - `<feature>.module.ts`, listed here, and a test over HTTP with `createTestApi` of `test/support/api.ts`.
 * `api-keys` is the smallest whole one. Rooms never import each other; what two need lives in `api/http/`.
 */
const features = [
  ContactsModule,
  EventsModule,
  SegmentsModule,
  JourneysModule,
  TemplatesModule,
  CoursesModule,
  CourseMessagesModule,
  EnrollmentsModule,
  ProgressModule,
  BatchesModule,
  HooksModule,
  MailHooksModule,
  RunsModule,
  GatesModule,
  EffectsModule,
  MailsModule,
  IncidentsModule,
  StreamModule,
  OverviewModule,
  SystemModule,
  SearchModule,
  SessionModule,
  ViewsModule,
  MembersModule,
  ApiKeysModule,
  ConnectionsModule,
  ModelsModule,
  AuditModule,
  HealthModule,
  SignInModule,
  SetupModule,
  GatePageModule,
  EnrollmentPageModule,
  PaidPageModule,
  UnsubscribeModule,
  PagesModule,
  DashboardModule,
  OpenApiModule,
];

/** The whole API. */
@Module({})
export class AppModule {
  static with(parts: ApiParts): DynamicModule {
    return { module: AppModule, imports: [HttpModule.with(parts), ...features] };
  }
}
