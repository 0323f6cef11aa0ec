import { z } from 'zod';
import { mailReportKinds } from '../contacts/mail-reports.ts';
import { effectKinds, effectModes } from '../core/effects.ts';
import { Id, Instant, PageQuery } from '../core/values.schema.ts';

/** Where an effect stands in the ledger. */
export const EffectState = z.enum([
  'planned',
  'claimed',
  'handedOff',
  'done',
  'rejected',
  'deferred',
  'unknown',
  'suppressed',
  'resolved',
]);

/** The worst that was reported of a mail after the mail server took it: `status` is an enhanced status code, `diagnostic` the server's words. */
export const MailDelivery = z
  .strictObject({
    kind: z.enum(mailReportKinds),
    status: z.string().nullable(),
    diagnostic: z.string().nullable(),
    at: Instant,
  })
  .meta({ id: 'MailDelivery' });
/** The worst that was reported of a mail. */
export type MailDelivery = z.infer<typeof MailDelivery>;

/** One thing done to the outside world. `error.words` are the service's or the model's own. `message` is its mail, and whether that is kept still; null where it has a link for one member alone. `delivery` is there on the steps of a run. */
export const Effect = z
  .strictObject({
    id: Id,
    runId: Id,
    step: z.string(),
    visit: z.int(),
    generation: z.int(),
    kind: z.enum(effectKinds),
    mode: z.enum(effectModes),
    state: EffectState,
    attempt: z.int(),
    error: z.strictObject({ code: z.string(), message: z.string(), words: z.string().nullable() }).nullable(),
    costMicros: z.int(),
    plannedAt: Instant,
    handedOffAt: Instant.nullable(),
    settledAt: Instant.nullable(),
    message: z.strictObject({ sizeBytes: z.int(), isKept: z.boolean() }).nullable(),
    delivery: MailDelivery.nullable(),
    resolution: z.strictObject({ happened: z.boolean(), reason: z.string(), by: z.string(), at: Instant }).nullable(),
  })
  .meta({ id: 'Effect' });
/** One thing done to the outside world. */
export type Effect = z.infer<typeof Effect>;

/** A mail that an effect sent or will send, as its reader sees it: one address each, and the plain text. */
export const EffectMail = z
  .strictObject({ from: z.string(), to: z.string(), subject: z.string(), text: z.string() })
  .meta({ id: 'EffectMail' });
/** A mail as its reader sees it. */
export type EffectMail = z.infer<typeof EffectMail>;

/** Filters of the list of effects. A list over all runs needs a state that someone must look at. */
export const EffectQuery = PageQuery.extend({
  state: z.enum(['unknown', 'rejected', 'deferred']).default('unknown'),
});
/** Filters of the list of effects. */
export type EffectQuery = z.infer<typeof EffectQuery>;

/** What a person found out about an effect with an unknown outcome. */
export const Resolution = z
  .strictObject({ happened: z.boolean(), reason: z.string().min(1).max(500) })
  .meta({ id: 'Resolution' });
/** What a person found out. */
export type Resolution = z.infer<typeof Resolution>;
