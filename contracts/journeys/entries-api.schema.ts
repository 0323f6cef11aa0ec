import { z } from 'zod';
import { EventKey, StoredExternalId } from '../contacts/events-api.schema.ts';
import { Id, JsonRecord, Slug } from '../core/values.schema.ts';
import { Execution } from '../runs/execution.schema.ts';

/** The most people that one call names: they are looked up and noted in one transaction. More are chosen by attributes. */
export const mostNamedPeople = 5_000;
const mostAttributes = 20;

const AttributeValue = z.union([z.string().max(1_000), z.number(), z.boolean()], {
  error: 'a text, a number, true or false',
});

/** Who enters: all contacts, those whose attributes have these values, those named, or those who are in a segment when it is their turn. One of the four. */
const People = z
  .strictObject({
    all: z.literal(true).optional(),
    attributes: z
      .record(z.string().min(1).max(200), AttributeValue)
      .refine((values) => Object.keys(values).length > 0, 'name at least one attribute, or say all')
      .refine((values) => Object.keys(values).length <= mostAttributes, `at most ${mostAttributes} attributes`)
      .optional(),
    externalIds: z.array(StoredExternalId).min(1).max(mostNamedPeople).optional(),
    segment: Slug.optional(),
  })
  .refine(
    (people) => Object.values(people).filter((part) => part !== undefined).length === 1,
    'say one of all, attributes, externalIds and segment',
  );
/** Who enters. */
export type People = z.infer<typeof People>;

/**
 * Lets many people into a live journey, piece by piece. `rate` is how many enter a minute at most; `variables` stand where the entry event's
 * properties would, for each of them; `dryRun` counts alone.
 */
export const EntriesRequest = z
  .strictObject({
    people: People,
    key: EventKey.optional(),
    variables: JsonRecord.default({}),
    rate: z.int().min(1).max(1_000_000).optional(),
    execution: Execution.optional(),
    reason: z.string().min(1).max(500).default('by hand'),
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'EntriesRequest' });
/** Lets many people into a live journey. */
export type EntriesRequest = z.infer<typeof EntriesRequest>;

/**
 * The operation that lets them in (null for a dry run), and whom it means, as counted now: `people` in all, of whom the re-entry policy keeps
 * `keptOut`; `waiting` are the others where the journey is paused: they enter when it goes on. `unknown` are external ids that nobody has, the first of
 * them in `unknownIds`; they are no part of `people`.
 */
export const Entries = z
  .strictObject({
    id: Id.nullable(),
    people: z.int(),
    keptOut: z.int(),
    waiting: z.int(),
    unknown: z.int(),
    unknownIds: z.array(z.string()),
  })
  .meta({ id: 'Entries' });
/** The operation that lets many people in. */
export type Entries = z.infer<typeof Entries>;

/** What works the runs of people who enter by an event, where their journey does not say it itself. */
export const JourneyPolicy = z.strictObject({ execution: Execution }).meta({ id: 'JourneyPolicy' });
/** What works the runs of people who enter by an event. */
export type JourneyPolicy = z.infer<typeof JourneyPolicy>;
