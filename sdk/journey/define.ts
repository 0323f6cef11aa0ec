import { z } from 'zod';
import type { JourneyDefinition, PausedEntries, QuietHours, Reentry } from '../../contracts/journeys/journey.schema.ts';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import type { IsoDuration } from '../../contracts/journeys/nodes.schema.ts';
import type { EventType, Trigger } from './events.ts';
import { given, named, nodesOf } from './nodes.ts';
import type { Sound, Step } from './order.ts';
import { valuesOf } from './shapes.ts';
import { asValue, type Value } from './values.ts';

/** What every contact may have; a workspace's own attributes come with the definition's `contact`. */
const BaseContact = z.object({
  externalId: z.string(),
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  language: z.string().optional(),
  timeZone: z.string().optional(),
});

type BaseContact = z.output<typeof BaseContact>;
type PropertiesOf<T> = T extends Trigger<infer Properties> ? Properties : never;

/** What the steps may use: the contact, the event that started the run, and what earlier steps came to. */
export type Tools<Contact, Entry> = {
  contact: Value<Contact>;
  entry: Value<Entry>;
  output: Output;
  decision: Decision;
};

/** The output of an earlier step: of an `llm` step by its schema, of a `waitFor` step by its kind of event. */
export type Output = {
  <const Id extends string, T>(step: Id, of: z.ZodType<T>): Value<T, Id>;
  <const Id extends string, T>(step: Id, of: EventType<T>): Value<T, Id>;
};

/** What a person decided in an earlier approval, in the words of the outcome and their comment. */
export type Decision = <const Id extends string>(step: Id) => Value<{ outcome: string; comment: string }, Id>;

/** A journey as its author writes it. */
export type JourneyAuthoring<E extends readonly Trigger[], C, S extends readonly Step[]> = {
  slug: string;
  name: string;
  description?: string;
  /** The workspace's own attributes of a contact that this journey uses. */
  contact?: z.ZodType<C>;
  entry: E;
  reentry: Reentry;
  exitWhen?: readonly Trigger[];
  goal?: { when: Trigger; within: IsoDuration };
  quietHours?: QuietHours;
  /** How long after it occurred an event may come and still let a contact in: three days when left out. */
  lateness?: IsoDuration;
  /** What becomes of those who would enter while the journey is paused: they enter when it goes on, unless this says `drop`. */
  pausedEntries?: PausedEntries;
  /** How the runs of who enters from then on are carried: many by one workflow, or each by its own. */
  execution?: Execution;
  zone?: string;
  steps: (tools: Tools<BaseContact & C, PropertiesOf<E[number]>>) => S & Sound<S>;
};

/**
 * Defines a journey. What comes out is data: nothing of this runs later. The compiler refuses unknown properties, outcomes
 * without steps, `goTo` to no step, and outputs used before their step; `throughline push` refuses the rest.
 */
export function defineJourney<
  const E extends readonly Trigger[],
  const S extends readonly Step[],
  C = Record<never, never>,
>(journey: JourneyAuthoring<E, C, S>): JourneyDefinition {
  const {
    slug,
    name,
    description,
    zone,
    entry,
    reentry,
    exitWhen = [],
    goal,
    quietHours,
    lateness,
    pausedEntries,
    execution,
  } = journey;
  const steps = journey.steps({ contact: contactOf(journey.contact), entry: entryOf(entry), output, decision });
  return {
    engineVersion: 1,
    slug,
    name,
    ...given({ description, zone, quietHours, lateness, pausedEntries, execution }),
    ...given({ goal: goal && { when: goal.when.trigger, within: goal.within } }),
    entry: entry.map(({ trigger }) => trigger),
    reentry,
    exitWhen: exitWhen.map(({ trigger }) => trigger),
    steps: named(nodesOf(steps)),
  };
}

function contactOf<V>(own: z.ZodType | undefined): V {
  const at = (path: readonly string[]) => ({ kind: 'contact', path }) as const;
  return asValue({ ...valuesOf(BaseContact, at), ...(own ? Object(valuesOf(own, at)) : {}) });
}

/** The properties of all entry events; the type lets the author use those that all of them have. */
function entryOf<V>(entry: readonly Trigger[]): V {
  const parts = entry.map(({ type }) => valuesOf(type.properties, (path) => ({ kind: 'entry', path })));
  return asValue(Object.assign({}, ...parts));
}

const output: Output = <T, Id extends string>(step: Id, of: z.ZodType<T> | EventType<T>): Value<T, Id> => {
  if ('name' in of) {
    return valuesOf(of.properties, (path) => ({ kind: 'output', step, path: ['properties', ...path] }));
  }
  return valuesOf(of, (path) => ({ kind: 'output', step, path }));
};

const decision: Decision = (step) =>
  asValue(valuesOf(z.object({ outcome: z.string(), comment: z.string() }), (path) => ({ kind: 'output', step, path })));
