import { z } from 'zod';
import { ExternalId } from './events-api.schema.ts';
import { Id, Instant, JsonRecord, PageQuery } from '../core/values.schema.ts';

export { ExternalId };

/**
 * Whether a person may be written to on a channel, and why not: they unsubscribed (`unsubscribed`), an operator noted it (`optedOut`, in `note` why),
 * they complained, or there is no such address (`bounced`, in `note` the server's codes). Mails about what they bought or booked go to them
 * all the same, unless there is no such address.
 */
export const Consent = z
  .strictObject({
    channel: z.enum(['email']),
    isOpen: z.boolean(),
    reason: z.enum(['unsubscribed', 'optedOut', 'complained', 'bounced']).nullable(),
    note: z.string().nullable(),
    since: Instant.nullable(),
  })
  .meta({ id: 'Consent' });
/** Whether a person may be written to on a channel. */
export type Consent = z.infer<typeof Consent>;

/** What a person has said to an operator: that they want no mails of lists any more, or want them again, and how they said so. */
export const ConsentChange = z
  .strictObject({ isOpen: z.boolean(), reason: z.string().trim().min(1).max(200) })
  .meta({ id: 'ConsentChange' });
/** What a person has said to an operator. */
export type ConsentChange = z.infer<typeof ConsentChange>;

/** An external id that led to another contact, or to none, and leads to this one since `at`. */
const Alias = z.strictObject({ externalId: z.string(), at: Instant }).meta({ id: 'Alias' });

/** A person that journeys, courses and batches are about. `aliases` are the external ids that they had before, which lead here, too. `name` is their attribute of that name, else `firstName` and `lastName`; `zone` is an IANA time zone. */
export const Contact = z
  .strictObject({
    id: Id,
    externalId: z.string(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    zone: z.string().nullable(),
    attributes: JsonRecord,
    consents: z.array(Consent),
    aliases: z.array(Alias),
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

/** Joins another contact with this one, which stays; `dryRun` says what would happen. It cannot be undone. */
export const ContactMerge = z
  .strictObject({ other: ExternalId, dryRun: z.boolean().default(false) })
  .meta({ id: 'ContactMerge' });
/** Joins another contact with this one. */
export type ContactMerge = z.infer<typeof ContactMerge>;

/**
 * What comes of joining two contacts. `isJoined`: they are one. `events`, `mails`, `runs` and `enrollments` are the other's that come to the one that
 * stays; `ending` are the live runs that end as the person has another in the same journey (`by`). `filled` are attributes that it lacked, `kept` those
 * of which it keeps its own value; `email` is its address after it, and `formerEmail` the other's where that is a different one. `isOpen`: whether the
 * person may be written to, as an opt-out of either holds.
 */
export const MergedContacts = z
  .strictObject({
    isJoined: z.boolean(),
    externalId: z.string(),
    other: z.string(),
    events: z.int(),
    mails: z.int(),
    runs: z.int(),
    enrollments: z.int(),
    ending: z.array(z.strictObject({ runId: Id, title: z.string(), by: Id })),
    filled: z.array(z.string()),
    kept: z.array(z.string()),
    email: z.string().nullable(),
    formerEmail: z.string().nullable(),
    isOpen: z.boolean(),
  })
  .meta({ id: 'MergedContacts' });
/** What comes of joining two contacts. */
export type MergedContacts = z.infer<typeof MergedContacts>;

/** Filters of the list of contacts; `email` is an address in whatever case; `q` is a part of an external id, an address or a name; their beginning where it has fewer than three characters. */
export const ContactQuery = PageQuery.extend({
  email: z.string().min(1).max(254).optional(),
  q: z.string().trim().min(1).max(200).optional(),
});
/** Filters of the list of contacts. */
export type ContactQuery = z.infer<typeof ContactQuery>;

/** Which part of what happened to a person: their mails, their events, what they said about mails, or what did not come or happen. */
export const TimelineQuery = PageQuery.extend({
  show: z.enum(['mails', 'events', 'consents', 'missing']).optional(),
});
/** Which part of what happened to a person. */
export type TimelineQuery = z.infer<typeof TimelineQuery>;

/**
 * Something that happened to a person, over all jobs: an event that came in, what they said about mails (`title` how, `status` `open` or `closed`), an external id that leads to them (`joined`), a run's beginning and end, a step, a decision, a mail (`status` is
 * that of its effect), what was reported of one (`status` is the kind of report). `detail` is what is known of it; `runId` is null for the first three.
 */
export const ContactMoment = z
  .strictObject({
    id: z.string(),
    at: Instant,
    kind: z.enum(['event', 'consent', 'joined', 'runStarted', 'runEnded', 'step', 'decision', 'mail', 'mailReport']),
    title: z.string(),
    status: z.string().nullable(),
    detail: JsonRecord,
    runId: Id.nullable(),
    runTitle: z.string().nullable(),
    runKind: z.string().nullable(),
  })
  .meta({ id: 'ContactMoment' });
/** Something that happened to a person. */
export type ContactMoment = z.infer<typeof ContactMoment>;

/**
 * All that is kept of a contact for its own sake: rows by their tables, with the names of columns as they are stored, and its letters under
 * `document`. `cut` names the tables of which there are more rows than an export has.
 */
export const ContactExport = z
  .strictObject({
    exportedAt: Instant,
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
    cut: z.array(z.string()),
  })
  .meta({ id: 'ContactExport' });
/** All that is kept of a contact. */
export type ContactExport = z.infer<typeof ContactExport>;

/**
 * What became of an erasure beside the contact itself, which is gone at once: how many documents and refused rows of batches it has emptied, how
 * many uploaded files and archives it has written anew without them. `others` are documents of others that name the person, or that only have
 * the same number for a key: they stay, and a person has to look at them. While `endedAt` is null, `waitsFor` says how many files of rows are in the hands of
 * batches that are at work. What stays in any case: mails and letters at those who got them, backups, the audit log's ids, and
 * the keyed hash of an address that must not be written to.
 */
export const Erasure = z
  .strictObject({
    id: Id,
    contactId: Id,
    askedAt: Instant,
    endedAt: Instant.nullable(),
    waitsFor: z.int(),
    documents: z.int(),
    refusedRows: z.int(),
    uploads: z.int(),
    archives: z.int(),
    others: z.int(),
  })
  .meta({ id: 'Erasure' });
/** What became of an erasure. */
export type Erasure = z.infer<typeof Erasure>;
