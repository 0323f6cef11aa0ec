import { z } from 'zod';
import { Id, Instant, PageQuery, Slug, VersionNumber } from '../core/values.schema.ts';
import { EffectState, MailDelivery } from './effects-api.schema.ts';

const mailFilters = {
  template: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}(@[1-9]\d{0,8})?$/, 'a message, or a version of it, such as welcome@4')
    .optional()
    .meta({ description: 'a message, or a version of it', example: 'welcome@4' }),
  journey: Slug.optional(),
  step: z.string().min(1).max(64).optional(),
  version: VersionNumber.optional(),
  after: Instant.optional(),
  before: Instant.optional(),
  show: z.enum(['sent', 'all']).default('sent'),
};

/**
 * Whose mails are meant: those of a `template`, or of a `step` of a `journey`; asked for at or after `after` and before `before`. `version` is
 * the one of the journey that their run is in. `sent` are those that left or may have; `all` also those that were held back, refused or wait.
 */
export const MailQuery = PageQuery.extend(mailFilters);
/** Whose mails are meant. */
export type MailQuery = z.infer<typeof MailQuery>;

/** The filters alone, for the whole list as a file. */
export const MailFileQuery = z.strictObject(mailFilters);
/** The filters alone. */
export type MailFileQuery = z.infer<typeof MailFileQuery>;

/**
 * A mail to a person: `at` is when it left, was settled, or else was asked for; `template` is null where its words stand in the journey, and once its
 * person has been erased. `recipient` is the address that it went to.
 */
export const SentMail = z
  .strictObject({
    effectId: Id,
    runId: Id,
    contact: z.strictObject({ externalId: z.string(), name: z.string().nullable() }).nullable(),
    recipient: z.string().nullable(),
    subject: z.string().nullable(),
    journey: z.strictObject({ slug: z.string(), name: z.string(), version: z.int() }).nullable(),
    step: z.string(),
    stepTitle: z.string(),
    template: z.string().nullable(),
    state: EffectState,
    reason: z.string().nullable(),
    delivery: MailDelivery.nullable(),
    at: Instant,
  })
  .meta({ id: 'SentMail' });
/** A mail to a person. */
export type SentMail = z.infer<typeof SentMail>;
