import { z } from 'zod';
import { Id, Instant, JsonRecord, PageQuery } from '../core/values.schema.ts';

/** Something that a person must look at. */
export const Incident = z
  .strictObject({
    id: Id,
    runId: Id.nullable(),
    kind: z.string(),
    message: z.string(),
    detail: JsonRecord,
    state: z.enum(['open', 'resolved']),
    openedAt: Instant,
    resolvedAt: Instant.nullable(),
  })
  .meta({ id: 'Incident' });
/** Something that a person must look at. */
export type Incident = z.infer<typeof Incident>;

/** Filters of the list of incidents. */
export const IncidentQuery = PageQuery.extend({
  state: z.enum(['open', 'resolved']).optional(),
  runId: Id.optional(),
});
/** Filters of the list of incidents. */
export type IncidentQuery = z.infer<typeof IncidentQuery>;

/** What was done about an incident, in words for readers of the audit log. */
export const IncidentResolution = z
  .strictObject({ note: z.string().trim().min(1).max(2_000) })
  .meta({ id: 'IncidentResolution' });
/** What was done about an incident. */
export type IncidentResolution = z.infer<typeof IncidentResolution>;
