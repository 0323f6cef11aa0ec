import { type DynamicModule, Module } from '@nestjs/common';
import { ApiKeysModule } from './api-keys/api-keys.module.ts';
import { AuditModule } from './audit/audit.module.ts';
import { BatchesModule } from './batches/batches.module.ts';
import { CoursesModule } from './courses/courses.module.ts';
import { ContactsModule } from './contacts/contacts.module.ts';
import { DashboardModule } from './dashboard/dashboard.module.ts';
import { EffectsModule } from './effects/effects.module.ts';
import { EnrollmentsModule } from './enrollments/enrollments.module.ts';
import { PaidPageModule } from './enrollments/paid-page.module.ts';
import { EventsModule } from './events/events.module.ts';
import { GatePageModule } from './gates/gate-page.module.ts';
import { GatesModule } from './gates/gates.module.ts';
import { HealthModule } from './health/health.module.ts';
import { HooksModule } from './hooks/hooks.module.ts';
import { HttpModule } from './http/http.module.ts';
import type { ApiParts } from './http/parts.ts';
import { IncidentsModule } from './incidents/incidents.module.ts';
import { JourneysModule } from './journeys/journeys.module.ts';
import { MembersModule } from './members/members.module.ts';
import { OpenApiModule } from './openapi/openapi.module.ts';
import { OverviewModule } from './overview/overview.module.ts';
import { PagesModule } from './pages/pages.module.ts';
import { ProgressModule } from './progress/progress.module.ts';
import { RunsModule } from './runs/runs.module.ts';
import { SearchModule } from './search/search.module.ts';
import { SessionModule } from './session/session.module.ts';
import { SetupModule } from './sign-in/setup.module.ts';
import { SignInModule } from './sign-in/sign-in.module.ts';
import { StreamModule } from './stream/stream.module.ts';
import { SystemModule } from './system/system.module.ts';
import { TemplatesModule } from './templates/templates.module.ts';
import { UnsubscribeModule } from './unsubscribe/unsubscribe.module.ts';

/**
 * The features, one module each, in the order of the OpenAPI document. A feature is a folder `api/<feature>/` with
 * - `<feature>.controller.ts`: methods of decorators and one `return`; `@Operation({ summary, access, answer, status,
 *   idempotent })` on each, `@Caller()` for the principal, schemas of `contracts/api/` in `@Body`, `@Query` and `@Param`;
 * - `<feature>.service.ts`: `store.inWorkspace(caller, (tx) => …)` over functions of `platform/db/`, refusals by `AppError`,
 *   human acts by `recordAudit(tx, { ...auditActor(caller), … })`, rows mapped to the contract's shape;
 * - `<feature>.module.ts`, listed here, and a test over HTTP with `createTestApi` of `test/support/api.ts`.
 * `api-keys` is the smallest whole one. Features never import each other; what two need lives in `api/http/`.
 */
const features = [
  ContactsModule,
  EventsModule,
  JourneysModule,
  TemplatesModule,
  CoursesModule,
  EnrollmentsModule,
  ProgressModule,
  BatchesModule,
  HooksModule,
  RunsModule,
  GatesModule,
  EffectsModule,
  IncidentsModule,
  StreamModule,
  OverviewModule,
  SystemModule,
  SearchModule,
  SessionModule,
  MembersModule,
  ApiKeysModule,
  AuditModule,
  HealthModule,
  SignInModule,
  SetupModule,
  GatePageModule,
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
