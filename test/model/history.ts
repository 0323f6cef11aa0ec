import fc from 'fast-check';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';

/**
 * What happens to a person, at a minute of the history. An event that is dated back `happened` before it came. The mail server refuses mails for a
 * time and takes them again; a person has the last run do its failed step again, leave it out, go back to how it stood at a minute (`back`), or
 * begin anew with other input.
 */
export type Moment =
  | { kind: 'event'; at: number; happened: number; id: string; name: EventName; plan: 'pro' | 'free' }
  | { kind: 'pause'; at: number }
  | { kind: 'resume'; at: number }
  | { kind: 'refuse'; at: number }
  | { kind: 'take'; at: number }
  | MendMoment
  | { kind: 'down' | 'up' | 'optOut' | 'optIn' | 'move'; at: number };

/** What an operator does about the last run. */
export type MendMoment =
  | { kind: 'retry' | 'skip'; at: number }
  | { kind: 'rewind'; at: number; back: number }
  | { kind: 'restart'; at: number; plan: 'pro' | 'free' };

/** The events of a history. */
export type EventName = (typeof eventNames)[number];
const eventNames = ['entered', 'seen', 'bought', 'left'] as const;

/** A journey and what happens around it, in the order of time. */
export type History = { definition: JourneyDefinition; moments: readonly Moment[] };

/** How late an event may let a person into a strict journey, in minutes; three days elsewhere, which no event of a history is. */
export const strictMinutes = 20;

/** For how long after the entry a goal counts, in minutes. */
export const goalMinutes = 60;

const minutes = fc.integer({ min: 1, max: 60 });

const steps = fc.letrec<{ list: JourneyNode[]; short: JourneyNode[]; node: JourneyNode }>((tie) => ({
  list: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
  short: fc.array(tie('node'), { maxLength: 2 }),
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant(mail()) },
    { weight: 2, arbitrary: minutes.map((count): JourneyNode => ({ id: 'x', kind: 'delay', for: `PT${count}M` })) },
    {
      weight: 3,
      arbitrary: fc
        .record({
          event: fc.constantFrom('seen' as const, 'bought' as const),
          since: fc.constantFrom('entry' as const, 'step' as const),
          timeout: minutes,
          onEvent: tie('short'),
          onTimeout: tie('short'),
        })
        .map(({ event, since, timeout, onEvent, onTimeout }): JourneyNode => {
          return { id: 'x', kind: 'waitFor', on: { event }, since, timeout: `PT${timeout}M`, onEvent, onTimeout };
        }),
    },
    { weight: 1, arbitrary: tie('short').map((onError) => ({ ...mail(), onError })) },
    {
      weight: 1,
      arbitrary: fc.record({ yes: tie('short'), no: tie('short') }).map((ways): JourneyNode => ({
        id: 'x',
        kind: 'if',
        when: {
          kind: 'compare',
          op: 'equals',
          left: { kind: 'entry', path: ['plan'] },
          right: { kind: 'literal', value: 'pro' },
        },
        ...ways,
      })),
    },
  ),
})).list;

function mail(): Extract<JourneyNode, { kind: 'email' }> {
  const content = { kind: 'inline', subject: { kind: 'literal', value: 'x' }, markdown: 'Hello' } as const;
  return { id: 'x', kind: 'email', content };
}

/** Gives each step an id of its own, which is the subject of its mail too. */
function named(nodes: readonly JourneyNode[], next: { count: number }): JourneyNode[] {
  return nodes.map((node) => {
    next.count += 1;
    const id = `s${next.count}`;
    switch (node.kind) {
      case 'email':
        return {
          ...node,
          id,
          content: { kind: 'inline', subject: { kind: 'literal', value: id }, markdown: 'Hello' },
          ...(node.onError ? { onError: named(node.onError, next) } : {}),
        };
      case 'waitFor':
        return {
          ...node,
          id,
          onEvent: named(node.onEvent ?? [], next),
          onTimeout: named(node.onTimeout ?? [], next),
        };
      case 'if':
        return { ...node, id, yes: named(node.yes, next), no: named(node.no ?? [], next) };
      default:
        return { ...node, id };
    }
  });
}

const definition = fc
  .record({
    steps,
    reentry: fc.constantFrom('once' as const, 'afterExit' as const),
    canLeave: fc.boolean(),
    isStrict: fc.boolean(),
    hasGoal: fc.boolean(),
  })
  .map(({ steps: drawn, reentry, canLeave, isStrict, hasGoal }): JourneyDefinition => {
    return {
      engineVersion: 1,
      slug: 'history',
      name: 'History',
      entry: [{ event: 'entered' }],
      reentry,
      exitWhen: canLeave ? [{ event: 'left' }] : [],
      // In a strict journey a goal is given up so soon that a history would have to say when the run was looked at last.
      ...(hasGoal && !isStrict ? { goal: { when: { event: 'bought' }, within: `PT${goalMinutes}M` } } : {}),
      ...(isStrict ? { lateness: `PT${strictMinutes}M` } : {}),
      steps: named(drawn, { count: 0 }),
    };
  });

type Drawn = {
  kind:
    'event' | 'outage' | 'pause' | 'refusal' | 'retry' | 'skip' | 'rewind' | 'restart' | 'optOut' | 'optIn' | 'move';
  gap: number;
  back: number;
  name: EventName;
  plan: 'pro' | 'free';
  again: boolean;
  lag: number;
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.oneof(
    { weight: 10, arbitrary: fc.constant('event' as const) },
    fc.constantFrom('rewind' as const, 'outage' as const, 'optOut' as const, 'optIn' as const, 'move' as const),
  ),
  gap: fc.integer({ min: 1, max: 40 }),
  back: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90 })),
  name: fc.oneof(
    { weight: 2, arbitrary: fc.constant('entered' as const) },
    { weight: 5, arbitrary: fc.constantFrom(...eventNames) },
  ),
  plan: fc.constantFrom('pro' as const, 'free' as const),
  again: fc.boolean(),
  lag: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 50 }) }),
});

/** Random histories: events, some sent twice, outages of all workers, rewinds, opt-outs and new addresses, around a random journey. */
export const histories: fc.Arbitrary<History> = fc
  .record({ definition, drawn: fc.array(drawn, { minLength: 1, maxLength: 12 }) })
  .map((history) => ({ definition: history.definition, moments: momentsOf(history.drawn) }));

/** The same of a journey that is paused and resumed instead, and that each person enters once. */
export const pausedHistories: fc.Arbitrary<History> = fc
  .record({
    definition,
    drawn: fc.array(
      fc.tuple(drawn, fc.integer({ min: 0, max: 2 })).map(([one, die]) => {
        return { ...one, kind: die === 0 || one.kind === 'outage' ? ('pause' as const) : one.kind };
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map((history) => ({
    definition: { ...history.definition, reentry: 'once' },
    moments: momentsOf(history.drawn),
  }));

/** What is drawn beside the events of a history in which mails are refused. */
const mending = ['refusal', 'retry', 'skip', 'restart', 'rewind'] as const;

/** The same of a journey whose mails are refused for a time, and whose runs are mended; nobody enters it again by an event. */
export const mendedHistories: fc.Arbitrary<History> = fc
  .record({
    definition,
    drawn: fc.array(
      fc.tuple(drawn, fc.nat({ max: 8 })).map(([one, die]): Drawn => {
        const kind = mending[die] ?? (one.kind === 'outage' ? 'refusal' : one.kind);
        return { ...one, kind, name: one.name === 'entered' ? 'seen' : one.name };
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map((history) => ({
    definition: history.definition,
    moments: [{ kind: 'refuse', at: -1 }, ...momentsOf(history.drawn, true)],
  }));

/** What is drawn beside events where all of that comes together. */
const mixing = ['pause', 'refusal', 'pause', 'retry', 'skip', 'rewind'] as const;

/**
 * The same with pauses as well: of a journey that is paused and resumed, whose mails are refused for a time and taken again, and whose runs are
 * retried, go on without a step, or go back.
 */
export const mixedHistories: fc.Arbitrary<History> = fc
  .record({
    definition,
    drawn: fc.array(
      fc.tuple(drawn, fc.nat({ max: 9 })).map(([one, die]): Drawn => {
        const kind = mixing[die] ?? (one.kind === 'outage' ? 'pause' : one.kind);
        return { ...one, kind, name: one.name === 'entered' ? 'seen' : one.name };
      }),
      { minLength: 2, maxLength: 12 },
    ),
    refuses: fc.boolean(),
  })
  .map((history) => ({
    definition: { ...history.definition, reentry: 'once' },
    moments: [
      ...(history.refuses ? [{ kind: 'refuse', at: -1 } as const] : []),
      ...momentsOf(history.drawn, history.refuses),
    ],
  }));

function momentsOf(all: readonly Drawn[], refuses = false): Moment[] {
  const moments: Moment[] = [{ kind: 'event', at: 0, happened: 0, id: 'e-0', name: 'entered', plan: 'pro' }];
  let at = 0;
  let isDown = false;
  let isPaused = false;
  let isRefusing = refuses;
  for (const [index, { kind, gap, back, name, plan, again, lag }] of all.entries()) {
    at += gap;
    if (kind === 'outage') {
      moments.push({ kind: isDown ? 'up' : 'down', at });
      isDown = !isDown;
    } else if (kind === 'pause') {
      moments.push({ kind: isPaused ? 'resume' : 'pause', at });
      isPaused = !isPaused;
    } else if (kind === 'refusal') {
      moments.push({ kind: isRefusing ? 'take' : 'refuse', at });
      isRefusing = !isRefusing;
    } else if (kind === 'restart') {
      moments.push({ kind, at, plan });
    } else if (kind === 'rewind') {
      moments.push({ kind, at, back: at - back });
    } else if (kind === 'event') {
      const event: Moment = { kind, at, happened: at - lag, id: `e-${index + 1}`, name, plan };
      moments.push(event);
      if (again) moments.push({ ...event, at: at + 1 });
      at += again ? 1 : 0;
    } else moments.push({ kind, at });
  }
  if (isDown) moments.push({ kind: 'up', at: at + 1 });
  if (isPaused) moments.push({ kind: 'resume', at: at + 2 });
  return moments;
}
