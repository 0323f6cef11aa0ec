import { z } from 'zod';
import { Id, Instant, JsonRecord, PageQuery } from '../core/values.schema.ts';

/**
 * One human or administrative act. `seq` and `hash` are there once the sealer has chained it, within seconds. The actor's name and the
 * subject's title are as they are today, null where they are not known any more; they are no part of the chain. `person` is whom the subject is
 * about, for who may read contacts; `outcome` is the decision's in words.
 */
export const AuditEntry = z
  .strictObject({
    id: Id,
    at: Instant,
    actor: z.strictObject({
      kind: z.enum(['member', 'apiKey', 'mailLink', 'system']),
      id: z.string().nullable(),
      name: z.string().nullable(),
    }),
    act: z.string(),
    subject: z.strictObject({
      kind: z.string(),
      id: z.string(),
      title: z.string().nullable(),
      person: z.string().nullable(),
    }),
    outcome: z.string().nullable(),
    detail: JsonRecord,
    requestId: z.string().nullable(),
    seq: z.int().nullable(),
    hash: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
/** One human or administrative act. */
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Filters of the audit log. `since` is an instant: what was done from then on. */
export const AuditQuery = PageQuery.extend({
  act: z.string().min(1).max(100).optional(),
  actorId: Id.optional(),
  subjectId: z.string().min(1).max(200).optional(),
  since: Instant.optional(),
});
/** Filters of the audit log. */
export type AuditQuery = z.infer<typeof AuditQuery>;

/** Filters of the file of the audit log. */
export const AuditFileQuery = AuditQuery.omit({ cursor: true, limit: true });
/** Filters of the file of the audit log. */
export type AuditFileQuery = z.infer<typeof AuditFileQuery>;

/** What a person has noted of an earlier verification: the log must still hold it. */
export const AuditVerificationQuery = z
  .strictObject({
    sealed: z.coerce.number().int().min(1).optional().meta({ description: '`sealed` of an earlier verification' }),
    head: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'use the `head` of an earlier verification, 64 characters')
      .optional()
      .meta({ description: '`head` of the same verification' }),
  })
  .refine(
    ({ sealed, head }) => (sealed === undefined) === (head === undefined),
    'give both `sealed` and `head`, or none',
  );
/** What a person has noted of an earlier verification. */
export type AuditVerificationQuery = z.infer<typeof AuditVerificationQuery>;

/**
 * Whether the chain holds from its first entry to its last, and holds what was noted of it outside of the database: `anchored` is the number
 * of entries noted there, null where none were. `brokenAt` names the first entry that does not fit; null in a log that does not hold: its end
 * is missing.
 */
export const AuditVerification = z
  .strictObject({
    isIntact: z.boolean(),
    sealed: z.int(),
    brokenAt: Id.nullable(),
    head: z.string().nullable(),
    anchored: z.int().nullable(),
  })
  .meta({ id: 'AuditVerification' });
/** Whether the chain holds. */
export type AuditVerification = z.infer<typeof AuditVerification>;
