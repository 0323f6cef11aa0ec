import { z } from 'zod';
import { ExternalId } from './events.schema.ts';
import { Id, Instant, JsonRecord, PageQuery } from './values.schema.ts';

export { ExternalId };

/** A person that journeys, courses and batches are about. `zone` is an IANA time zone. */
export const Contact = z
  .strictObject({
    id: Id,
    externalId: z.string(),
    email: z.string().nullable(),
    zone: z.string().nullable(),
    attributes: JsonRecord,
    createdAt: Instant,
    updatedAt: Instant,
    rev: z.int(),
  })
  .meta({ id: 'Contact' });
/** A person. */
export type Contact = z.infer<typeof Contact>;

/**
 * What a write says about a contact: a field that is left out stays, null removes it. `attributes` are merged by the same
 * rule, so that two systems can each keep their own.
 */
export const ContactChange = z
  .strictObject({
    email: z.email().max(254).nullable().optional(),
    zone: z.string().max(64).nullable().optional().meta({ description: 'IANA time zone', example: 'Europe/Berlin' }),
    attributes: JsonRecord.optional(),
  })
  .meta({ id: 'ContactChange' });
/** What a write says about a contact. */
export type ContactChange = z.infer<typeof ContactChange>;

/** Filters of the list of contacts. */
export const ContactQuery = PageQuery.extend({ email: z.string().min(1).max(254).optional() });
/** Filters of the list of contacts. */
export type ContactQuery = z.infer<typeof ContactQuery>;
