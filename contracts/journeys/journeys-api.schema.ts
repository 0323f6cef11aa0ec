import { z } from 'zod';
import { EventKey, ExternalId } from '../contacts/events-api.schema.ts';
import { waitReasons } from '../core/machine.ts';
import { MailView } from '../messaging/test-mails-api.schema.ts';
import { Id, Instant, JsonRecord, PageQuery, VersionNumber } from '../core/values.schema.ts';

/** A journey's name in an address: as in its definition. */
export const JourneySlug = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'use lower-case words joined by hyphens, such as welcome-series')
  .meta({ description: 'lower-case words joined by hyphens', example: 'welcome' });

/** Where a journey stands; only a live one takes people in. */
export const JourneyStatus = z.enum(['draft', 'live', 'paused', 'stopped']);

/**
 * Something wrong with a definition. `path` leads into the JSON, dotted (`steps.2.yes.0`); `code` is stable and dotted;
 * `hint` says what to do; `node` is the id of the node it is pinned to, null when it is the journey's own.
 */
export const JourneyProblem = z
  .strictObject({
    path: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    node: z.string().nullable(),
  })
  .meta({ id: 'JourneyProblem' });
/** Something wrong with a definition. */
export type JourneyProblem = z.infer<typeof JourneyProblem>;

/** A journey as a list shows it. `liveVersion` is the version that people who enter now follow. */
export const Journey = z
  .strictObject({
    id: Id,
    slug: JourneySlug,
    name: z.string(),
    status: JourneyStatus,
    liveVersion: z.int().nullable(),
    rev: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Journey' });
/** A journey as a list shows it. */
export type Journey = z.infer<typeof Journey>;

/**
 * A journey with its numbers. `people` are runs that have not ended; `inTrouble` those of them that need a person;
 * `failed` are runs that failed within 30 days and were not taken up.
 * `entered` counts the last seven days, the oldest first; `goalRate` is the share of the runs that ended within 30 days and
 * reached the goal, null without a goal or an end; `versions` are those with people in them, and the live one.
 */
export const ListedJourney = Journey.extend({
  people: z.strictObject({
    live: z.int(),
    running: z.int(),
    waitingForTime: z.int(),
    waitingForPerson: z.int(),
    paused: z.int(),
    inTrouble: z.int(),
  }),
  failed: z.int(),
  entered: z.array(z.int()),
  goalRate: z.number().nullable(),
  versions: z.array(z.strictObject({ version: z.int(), live: z.int() })),
  publishedAt: Instant.nullable(),
}).meta({ id: 'ListedJourney' });
/** A journey with its numbers. */
export type ListedJourney = z.infer<typeof ListedJourney>;

/** A journey with its draft and what keeps the draft from being published. */
export const JourneyDetail = Journey.extend({
  draft: JsonRecord.nullable(),
  problems: z.array(JourneyProblem),
}).meta({ id: 'JourneyDetail' });
/** A journey with its draft. */
export type JourneyDetail = z.infer<typeof JourneyDetail>;

/** Stores a draft, valid or not. `expectedRev` refuses it when someone else has changed the journey (0: it must be new). */
export const JourneyDraft = z
  .strictObject({ definition: JsonRecord, expectedRev: z.int().min(0).optional() })
  .meta({ id: 'JourneyDraft' });
/** Stores a draft. */
export type JourneyDraft = z.infer<typeof JourneyDraft>;

/** What to validate: the given definition, else the draft. */
export const JourneyToValidate = z
  .strictObject({ definition: JsonRecord.optional() })
  .meta({ id: 'JourneyToValidate' });
/** What to validate. */
export type JourneyToValidate = z.infer<typeof JourneyToValidate>;

/** Whether a definition may be published, and what is in the way. */
export const JourneyVerdict = z
  .strictObject({ valid: z.boolean(), problems: z.array(JourneyProblem) })
  .meta({ id: 'JourneyVerdict' });
/** Whether a definition may be published. */
export type JourneyVerdict = z.infer<typeof JourneyVerdict>;

/**
 * Simulates the given definition, else the draft. `contact` is the facts of a made-up person; `externalId` takes a real
 * contact's instead. `at` is the virtual now, `script` a `SimulationScript`.
 */
export const SimulationRequest = z
  .strictObject({
    definition: JsonRecord.optional(),
    contact: JsonRecord.optional(),
    externalId: ExternalId.optional(),
    at: Instant.optional(),
    script: JsonRecord.optional().meta({ description: 'a SimulationScript: what the world does in it' }),
    stepLimit: z.int().min(1).max(500).optional(),
  })
  .meta({ id: 'SimulationRequest' });
/** Simulates a definition. */
export type SimulationRequest = z.infer<typeof SimulationRequest>;

/** Sends the mail of one step of a simulation as a test. */
export const SimulationTest = SimulationRequest.extend({
  of: z.strictObject({ step: z.string(), visit: z.int().min(1).default(1) }),
}).meta({ id: 'SimulationTest' });
/** Sends the mail of one step of a simulation as a test. */
export type SimulationTest = z.infer<typeof SimulationTest>;

/**
 * A simulated run; instants are virtual. `outcome` is the run's own, or `stuck` (it waits for what the script never brings) or `stepLimit`.
 * `asks` is what a step's outside call or its gate was given, `mail` how its mail reads; one that cannot be made fails its step. `entries` and `assumptions` say it in words: which events would not let the
 * person in, or in once more, and what the script left open.
 */
export const SimulationAnswer = z
  .strictObject({
    startedAt: Instant,
    endedAt: Instant,
    outcome: z.enum(['completed', 'exited', 'failed', 'stuck', 'stepLimit']),
    reason: z.string(),
    steps: z.array(
      z.strictObject({
        step: z.string(),
        visit: z.int(),
        kind: z.string(),
        title: z.string(),
        status: z.enum(['running', 'waiting', 'done', 'failed', 'skipped']),
        waitingFor: z.enum(waitReasons).optional(),
        detail: JsonRecord.optional(),
        startedAt: Instant,
        endedAt: Instant.optional(),
        dueAt: Instant.nullish(),
        asks: JsonRecord.optional(),
        mail: MailView.optional(),
      }),
    ),
    entries: z.array(z.string()),
    assumptions: z.array(z.string()),
  })
  .meta({ id: 'SimulationAnswer' });
/** A simulated run. */
export type SimulationAnswer = z.infer<typeof SimulationAnswer>;
/** A line of a simulated run. */
export type SimulatedStep = SimulationAnswer['steps'][number];

/** Publishes the draft; `expectedRev` as in `JourneyDraft`. */
export const JourneyPublication = z
  .strictObject({ expectedRev: z.int().min(1).optional() })
  .meta({ id: 'JourneyPublication' });
/** Publishes the draft. */
export type JourneyPublication = z.infer<typeof JourneyPublication>;

/** A published version; it never changes. `sha256` is over its canonical JSON. */
export const JourneyVersion = z
  .strictObject({
    id: Id,
    version: z.int(),
    sha256: z.string(),
    publishedAt: Instant,
    publishedBy: z.string().nullable(),
  })
  .meta({ id: 'JourneyVersion' });
/** A published version. */
export type JourneyVersion = z.infer<typeof JourneyVersion>;

/** A version with its definition, labels of templates and prompts resolved to versions. */
export const JourneyVersionDetail = JourneyVersion.extend({ definition: JsonRecord }).meta({
  id: 'JourneyVersionDetail',
});
/** A version with its definition. */
export type JourneyVersionDetail = z.infer<typeof JourneyVersionDetail>;

/** The version that is live now; not `created`: this content was published before. */
export const PublishedJourney = JourneyVersion.extend({ created: z.boolean(), journey: Journey }).meta({
  id: 'PublishedJourney',
});
/** The version that is live now. */
export type PublishedJourney = z.infer<typeof PublishedJourney>;

/** Why a journey is paused, resumed or stopped; it is shown with each of its runs. */
export const JourneyReason = z
  .strictObject({ reason: z.string().min(1).max(500).default('by hand') })
  .meta({ id: 'JourneyReason' });
/** Why a journey is paused, resumed or stopped. */
export type JourneyReason = z.infer<typeof JourneyReason>;

/** A journey whose status has changed, and how many live runs got the message. */
export const SwitchedJourney = z.strictObject({ journey: Journey, runsTold: z.int() }).meta({ id: 'SwitchedJourney' });
/** A journey whose status has changed. */
export type SwitchedJourney = z.infer<typeof SwitchedJourney>;

/**
 * How many runs are in each status, and for each step how many stand there now (and for how many of them it waits for a person, works,
 * or is in trouble), how many runs failed there within 30 days and were not taken up, how its visits went, how many left it within a day and how long those stayed, in the middle. `edges` counts the
 * ways that people who entered within seven days took from step to step. `goal.reached` are the runs that reached
 * the goal, during them or after their end. `kept` are the people who would have entered since the journey was paused, and enter when it goes on.
 * With `version` all of it is of that version alone.
 */
export const JourneyStats = z
  .strictObject({
    runs: z.strictObject({
      total: z.int(),
      live: z.int(),
      byStatus: z.record(z.string(), z.int()),
      inTrouble: z.int(),
      waitingForPerson: z.int(),
      failed: z.int(),
    }),
    steps: z.array(
      z.strictObject({
        step: z.string(),
        now: z.int(),
        running: z.int(),
        waitingForPerson: z.int(),
        inTrouble: z.int(),
        failed: z.int(),
        visits: z.record(z.string(), z.int()),
        leftWithinDay: z.int(),
        medianMs: z.int().nullable(),
      }),
    ),
    edges: z.array(z.strictObject({ from: z.string().nullable(), to: z.string(), count: z.int() })),
    versions: z.array(z.strictObject({ version: z.int(), live: z.int() })),
    goal: z.strictObject({ reached: z.int() }),
    kept: z.int(),
  })
  .meta({ id: 'JourneyStats' });
/** How a journey goes. */
export type JourneyStats = z.infer<typeof JourneyStats>;

/** Starts one contact by hand; `variables` stand where the entry event's properties would. */
export const JourneyStartRequest = z
  .strictObject({ contact: ExternalId, key: EventKey.optional(), variables: JsonRecord.default({}) })
  .meta({ id: 'JourneyStartRequest' });
/** Starts one contact by hand. */
export type JourneyStartRequest = z.infer<typeof JourneyStartRequest>;

/** A run that is durable now. */
export const StartedRun = z.strictObject({ runId: Id }).meta({ id: 'StartedRun' });
/** A run that is durable now. */
export type StartedRun = z.infer<typeof StartedRun>;

/** Of which version the numbers are; of all without it. */
export const JourneyStatsQuery = z.strictObject({ version: VersionNumber.optional() });
/** Of which version the numbers are. */
export type JourneyStatsQuery = z.infer<typeof JourneyStatsQuery>;

/** Filters of the list of journeys; `q` is part of a name or a slug. */
export const JourneyQuery = PageQuery.extend({
  status: JourneyStatus.optional(),
  q: z.string().trim().min(1).max(200).optional(),
});
/** Filters of the list of journeys. */
export type JourneyQuery = z.infer<typeof JourneyQuery>;
