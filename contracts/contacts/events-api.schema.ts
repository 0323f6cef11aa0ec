import { z } from 'zod';
import { limits } from '../core/limits.ts';
import { Instant, JsonRecord, ZonedInstant } from '../core/values.schema.ts';

/** Characters of an id, a key or an external id: longer ones are contents, not names. */
const maxName = 200;
/** One line: no control characters, something in it. */
const lineOf = (text: z.ZodString) => text.max(maxName).regex(/^(?=.*\S)\P{Cc}+$/u, 'one line of 1 to 200 characters');
const line = lineOf(z.string());
/** Compared with what a journey names, which has no blanks around it either. */
const name = lineOf(z.string().trim());

/** An external id in an address, as it may be stored: `ExternalId` is what new ones are held to. */
export const StoredExternalId = line.meta({ description: 'the contact’s id in your own system' });

/** What names a contact in its own system. It is part of addresses, which take `.` and `..` for folders. */
export const ExternalId = StoredExternalId.refine((id) => id !== '.' && id !== '..', {
  error: 'must not be . or .., which no address can hold; put something before it, such as id-.',
}).meta({ description: 'the contact’s id in your own system' });

/** What an event is about: a cart, a booking. */
export const EventKey = name;

/**
 * Something that a contact did. `id` is yours and counts once in a workspace; `contact` is an external id, an unknown one
 * makes the contact; `key` says what the event is about (a cart, a booking).
 */
export const EventInput = z.strictObject({
  id: line,
  name,
  contact: ExternalId,
  key: EventKey.nullish(),
  occurredAt: ZonedInstant,
  properties: JsonRecord.default({}),
});
/** Something that a contact did. */
export type EventInput = z.infer<typeof EventInput>;

/** The call of `POST /v1/events`, as documented: each event is validated by itself. */
export const EventsCall = z.strictObject({ events: z.array(EventInput).min(1).max(limits.eventsPerCall) });

/** `history`: the events are stored and start and wake nothing, for an import of what is over. */
export const EventsQuery = z.strictObject({
  history: z.stringbool().optional().meta({ description: 'true: store the events alone; they start and wake nothing' }),
});
/** The query of the call. */
export type EventsQuery = z.infer<typeof EventsQuery>;

/** The part of the call that is refused as a whole. */
export const EventsEnvelope = z.strictObject({ events: z.array(z.unknown()).min(1).max(limits.eventsPerCall) });

/** An event that was refused: where in the call, a stable code, words for a person. */
export const RejectedEvent = z
  .strictObject({ index: z.int(), code: z.string(), message: z.string() })
  .meta({ id: 'RejectedEvent' });
/** An event that was refused. */
export type RejectedEvent = z.infer<typeof RejectedEvent>;

/** An event that was stored and lets nobody into a journey that it would else let in, or that was taken for another one: where in the call, a stable code, words for a person. */
export const EventNote = RejectedEvent.meta({ id: 'EventNote' });
/** An event that lets nobody in. */
export type EventNote = z.infer<typeof EventNote>;

/** How many events are stored now, how many were known before, and which were refused. `notes` is left out where there are none. */
export const EventsAnswer = z
  .strictObject({
    accepted: z.int(),
    duplicates: z.int(),
    rejected: z.array(RejectedEvent),
    notes: z.array(EventNote).optional(),
  })
  .meta({ id: 'EventsAnswer' });
/** What became of the events. */
export type EventsAnswer = z.infer<typeof EventsAnswer>;

/**
 * Events that start, end and continue nothing, by their names. `properties` are the names of those that the last one had; `closest` is a name that
 * a journey knows and that may be meant.
 */
export const UnknownEvents = z
  .strictObject({
    items: z.array(
      z.strictObject({
        name: z.string(),
        count: z.int(),
        lastAt: Instant,
        properties: z.array(z.string()),
        closest: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'UnknownEvents' });
/** Events that start, end and continue nothing. */
export type UnknownEvents = z.infer<typeof UnknownEvents>;
