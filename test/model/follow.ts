import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { Moment } from './history.ts';

export type Event = Extract<Moment, { kind: 'event' }>;
/** What an operator has a run do. */
export type Command = Extract<Moment, { kind: 'retry' | 'skip' | 'rewind' }>;
/** From a minute to another. */
export type Span = { from: number; to: number };

/** How a person comes in: by which event, and in which minute its run begins. */
export type Entry = { entry: Event; begun: number; isByHand: boolean };

/**
 * A run's mails with their minutes, the minute in which it is over by its own clock, and the one in which a worker says so (`ended`), the event
 * that ended it, and since when it stands on what a rewind has left; `isLate`: nothing worked in the minute of the end, so what comes in the same
 * one comes before it.
 */
export type Run = {
  mails: { step: string; at: number }[];
  over: number;
  ended: number;
  since: number;
  exit: Event | undefined;
  isLate: boolean;
};

/** What there is around a run; `received` is what happened after its entry. */
export type Surroundings = {
  received: readonly Event[];
  outages: readonly Span[];
  pauses: readonly Span[];
  refusals: readonly Span[];
  commands: readonly Command[];
  isOptedOutAt: (at: number) => boolean;
};

/**
 * That a mail was asked for in a visit of its step, how that ended, and in which minute the run goes on from there: never where it has failed.
 * `kept`: it had been sent before a rewind.
 */
type Attempt = {
  step: string;
  visit: number;
  at: number;
  end: 'sent' | 'kept' | 'leftOut' | 'refused';
  goesOn: number;
  isSkipped?: boolean;
};
/** How a wait ended, and in which minute a worker saw that. */
type Waited = { step: string; at: number; isInTime: boolean };
/** What a run has lived through, and since when it stands on that. */
type Past = { since: number; attempts: Attempt[]; waited: Waited[] };

/**
 * Follows a run from its entry. A rewind takes it back to how it stood at a minute: what came after that is forgotten, and happens anew, with all
 * that was received meanwhile. A mail that was sent stays sent; one that was refused or left out is asked for again, unless the same
 * step has sent it in a later visit.
 */
export function follow(definition: JourneyDefinition, entered: Entry, around: Surroundings): Run {
  const pasts: Past[] = [];
  const made: Attempt[] = [];
  let now: Past = { since: -Infinity, attempts: [], waited: [] };
  for (const command of around.commands) {
    if (command.kind !== 'rewind') continue;
    const { at, back } = command;
    const { past, run, hasFailed } = pass(definition, entered, { ...around, now, made, until: at });
    pasts.push({ since: now.since, attempts: upTo(past.attempts, at), waited: upTo(past.waited, at) });
    made.push(...upTo(past.attempts, at).filter((attempt) => !made.includes(attempt)));
    if (!hasFailed && run.ended <= at) continue;
    // What has failed comes back to life in a journey that is live alone.
    if (hasFailed && run.ended <= at && isPausedAt(around, at)) continue;
    const then = pasts.findLast(({ since }) => since <= back) ?? now;
    now = {
      since: workedAt(around, entered, at),
      // The end of a run that failed is not what it goes back to.
      attempts: upTo(then.attempts, back).filter(({ goesOn }) => goesOn <= back),
      waited: upTo(then.waited, back),
    };
  }
  const { past, run } = pass(definition, entered, { ...around, now, made, until: Infinity });
  const mails = [...new Set([...made, ...past.attempts])].filter(({ end }) => end === 'sent');
  return { ...run, mails };
}

function isPausedAt({ pauses }: Surroundings, at: number): boolean {
  return pauses.some(({ from, to }) => from < at && at < to);
}

function upTo<T extends { at: number }>(all: readonly T[], last: number): T[] {
  return all.filter(({ at }) => at <= last);
}

/** The minute in which a worker does what falls due at one. */
function workedAt({ outages }: Surroundings, { begun }: Entry, due: number): number {
  const at = Math.max(due, begun);
  return outages.find(({ from, to }) => from < at && at < to)?.to ?? at;
}

/** What a run stands on, all mails that it has asked for before, and until when commands reach it. */
type Way = Surroundings & { now: Past; made: readonly Attempt[]; until: number };

/** Goes on with a run from what it stands on. */
function pass(
  { steps, exitWhen }: JourneyDefinition,
  entered: Entry,
  way: Way,
): { past: Past; run: Run; hasFailed: boolean } {
  const { entry, begun } = entered;
  const { received, outages, pauses, refusals, commands, isOptedOutAt, now, made, until } = way;
  const repairs = commands.filter(
    ({ kind, at }) => kind !== 'rewind' && at > now.since && at < until && !isPausedAt(way, at),
  );
  const left = exitWhen.length > 0 ? received.find(({ name }) => name === 'left') : undefined;
  // What falls due in the minute of the exit comes before it; where the exit overtook the entry, nothing does.
  const exitAt = left && left.at > entry.at ? left.at + 0.5 : entry.at - 0.5;
  let exit = left ? exitAt : Infinity;
  let failed = Infinity;
  const past: Past = { since: now.since, attempts: [], waited: [] };
  const outageAt = (at: number): Span | undefined => outages.find(({ from, to }) => from < at && at < to);
  // What would happen in a pause happens at its end.
  const held = (at: number): number => pauses.find(({ from, to }) => from < at && at < to)?.to ?? at;
  // Nothing that happens anew does so before the rewind.
  const worked = (at: number): number => workedAt(way, entered, Math.max(at, now.since));

  const isRefused = (at: number): boolean => refusals.some(({ from, to }) => from < at && at <= to);

  const endOf = ({ id: step }: JourneyNode, visit: number, at: number): Attempt['end'] => {
    const ofStep = [...made, ...past.attempts].filter((attempt) => attempt.step === step);
    const before = ofStep.findLast((attempt) => attempt.visit === visit);
    if (before?.end === 'sent' || before?.end === 'kept') return 'kept';
    if (before && ofStep.some((attempt) => attempt.visit > visit && attempt.end === 'sent')) return before.end;
    if (isOptedOutAt(at)) return 'leftOut';
    return isRefused(at) ? 'refused' : 'sent';
  };

  const attemptAt = (node: Extract<JourneyNode, { kind: 'email' }>, visit: number, at: number): Attempt => {
    const attempt = { step: node.id, visit, at, end: endOf(node, visit, at), goesOn: at };
    if (attempt.end !== 'refused' || node.onError) return attempt;
    const repair = repairs.find((moment) => moment.at > at);
    return { ...attempt, goesOn: repair?.at ?? Infinity, isSkipped: repair?.kind === 'skip' };
  };

  /** A mail that is refused fails its step; without a branch for that the run stands still until a person mends it. */
  const send = (node: Extract<JourneyNode, { kind: 'email' }>, begin: number): number => {
    let at = begin;
    for (let visit = 1; ; visit += 1) {
      const known = now.attempts.find((attempt) => attempt.step === node.id && attempt.visit === visit);
      const asked = known?.at ?? held(worked(at));
      if (asked >= exit) return asked;
      const attempt = known ?? attemptAt(node, visit, asked);
      past.attempts.push(attempt);
      if (attempt.end !== 'refused') return attempt.at;
      if (node.onError) return walk(node.onError, attempt.at);
      at = attempt.goesOn;
      if (at === Infinity) failed = attempt.at;
      // Who left while the run stood still is out as soon as it goes on.
      else if (left && left.at > attempt.at && left.at < at) exit = at;
      if (at === Infinity || at === exit || attempt.isSkipped) return at;
    }
  };

  const walk = (nodes: readonly JourneyNode[], begin: number): number => {
    let at = begin;
    for (const node of nodes) {
      if (at >= exit) return at;
      switch (node.kind) {
        case 'email':
          at = send(node, at);
          break;
        case 'delay':
          at = held(at + minutesOf(node.for));
          break;
        case 'waitFor': {
          const due = held(at + minutesOf(node.timeout));
          const since = node.since === 'step' ? at : -Infinity;
          const first = received.find((event) => event.name === node.on.event && event.at >= since);
          const known = now.waited.find(({ step }) => step === node.id);
          // Where nothing worked between the time-out and the event, what happened first counts.
          const beats = first && (first.at < due || (first.at < worked(due) && first.happened < due));
          const isInTime = known?.isInTime ?? beats === true;
          const ended = isInTime && first ? Math.max(at, first.at) : due;
          past.waited.push(known ?? { step: node.id, at: worked(ended), isInTime });
          at = walk((isInTime ? node.onEvent : node.onTimeout) ?? [], isInTime ? held(ended) : due);
          break;
        }
        case 'if':
          at = walk((entry.plan === 'pro' ? node.yes : node.no) ?? [], at);
          break;
        default:
          throw new Error(`The model knows no ${node.kind}`);
      }
    }
    return at;
  };
  const end = walk(steps, entry.at);
  const { since } = now;
  if (failed < Infinity)
    return {
      past,
      run: { mails: [], over: failed, ended: failed, since, exit: undefined, isLate: false },
      hasFailed: true,
    };
  const isExit = left !== undefined && end > countsAt(left, begun, outageAt(left.at));
  const over = isExit ? worked(Math.max(left.at, entry.at, Number.isInteger(exit) ? exit : 0)) : Math.max(end, begun);
  const isLate = outageAt(over) !== undefined || over < since;
  const run = { mails: [], over, ended: worked(over), since, exit: isExit ? left : undefined, isLate };
  return { past, run, hasFailed: false };
}

/** The minute by which an exit is compared with a run's own end: when it happened, where nothing has worked since. */
function countsAt({ at, happened }: Event, begun: number, outage: Span | undefined): number {
  if (at < begun) return happened;
  return outage ? Math.max(happened, outage.from) : at;
}

function minutesOf(duration: string | undefined): number {
  return Number(/^PT(\d+)M$/.exec(duration ?? '')?.[1] ?? 0);
}
