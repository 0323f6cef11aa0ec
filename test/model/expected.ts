import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { goalMinutes, type History, type Moment, strictMinutes } from './history.ts';

/** A mail that a person gets: the step that sends it, and the address, counted by how often it has changed. */
export type ExpectedMail = { step: string; address: number };

/** What a history brings about: mails, and how many of the person's runs reach their goal. */
export type Expected = { mails: ExpectedMail[]; goals: number };

type Event = Extract<Moment, { kind: 'event' }>;
type Span = { from: number; to: number };

/**
 * The mails that a history must bring about, as people would work them out with a calendar. In plain code: no turns, no mailbox, no database. A run is followed from step to step on a calendar of what was stored when;
 * what needs a worker happens when there is one.
 */
export function expectedOf({ definition, moments }: History): Expected {
  const events = moments.filter((moment): moment is Event => moment.kind === 'event').filter(isFirst);
  const isInTime = ({ at, happened }: Event): boolean =>
    definition.lateness === undefined || at - happened <= strictMinutes;
  const entries = events.filter((event) => event.name === 'entered' && isInTime(event));
  const outages = spansOf(moments, 'down', 'up');
  const pauses = spansOf(moments, 'pause', 'resume');
  const mails: (ExpectedMail & { at: number })[] = [];
  let goals = 0;
  const refusals = spansOf(moments, 'refuse', 'take');
  for (
    let next: Entry | undefined = entries[0] && { entry: entries[0], begun: entries[0].at, isByHand: false };
    next;
  ) {
    const entered = next;
    const { begun } = entered;
    const followed = (to: number): Run => {
      const repairs = moments.filter(({ kind, at }) => (kind === 'retry' || kind === 'skip') && at > begun && at < to);
      return follow(definition, entered, events, { outages, pauses, refusals, repairs, moments });
    };
    const again = moments.find(({ kind, at }) => kind === 'restart' && at > begun && followed(at).over <= at);
    const run = followed(again?.at ?? Infinity);
    mails.push(...run.mails.flatMap(({ step, at }) => sentTo(moments, step, at)));
    if (definition.goal && reachesGoal(entered, events)) goals += 1;
    if (again?.kind === 'restart') next = restarted(again);
    else next = definition.reentry === 'afterExit' ? entryAfter(run, next.entry, entries) : undefined;
  }
  const sent = mails.toSorted((a, b) => a.at - b.at).map(({ step, address }) => ({ step, address }));
  return { mails: sent, goals };
}

/** A goal counts when it happens in time, however late it is reported and wherever the run is then. */
function reachesGoal(entered: Entry, events: readonly Event[]): boolean {
  const isInTime = ({ happened }: Event): boolean => happened < entered.entry.happened + goalMinutes;
  return heardBy(entered, events).some((event) => event.name === 'bought' && isInTime(event));
}

/** What happened after the entry; of who was started by hand, what came after it. */
function heardBy({ entry, isByHand }: Entry, events: readonly Event[]): Event[] {
  return events.filter((event) => (isByHand ? event.at > entry.at : isAfter(event, entry)));
}

/** Who begins anew comes in as they would by an event of that minute. */
function restarted({ at, plan }: Extract<Moment, { kind: 'restart' }>): Entry {
  return {
    entry: { kind: 'event', at, happened: at, id: `restart-${at}`, name: 'entered', plan },
    begun: at,
    isByHand: true,
  };
}

/** How a person comes in: by which event, and in which minute its run begins. */
type Entry = { entry: Event; begun: number; isByHand: boolean };

/**
 * A run's mails with their minutes, the minute in which it is over, and the event that ended it; `isLate`: nothing worked in that minute, so
 * what comes in the same one comes before its end.
 */
type Run = { mails: { step: string; at: number }[]; over: number; exit: Event | undefined; isLate: boolean };

/**
 * What lets the person in once a run is over: first what happened after the event that ended it though it came before, then what comes from then
 * on.
 */
function entryAfter({ over, exit, isLate }: Run, { at: since }: Event, entries: readonly Event[]): Entry | undefined {
  const kept = entries.filter((event) => event.at > since && event.at < over && exit && isAfter(event, exit));
  const [first] = kept.toSorted((a, b) => a.happened - b.happened || a.at - b.at);
  const entry = first ?? entries.find(({ at }) => at > since && (isLate ? at > over : at >= over));
  return entry && { entry, begun: Math.max(over, entry.at), isByHand: false };
}

/** Whether an event happened after another one; of two that say the same minute the one that came first is the earlier. */
function isAfter(event: Event, other: Event): boolean {
  return event.happened > other.happened || (event.happened === other.happened && event.at > other.at);
}

/** What there is around a run. */
type Surroundings = {
  outages: readonly Span[];
  pauses: readonly Span[];
  refusals: readonly Span[];
  repairs: readonly Moment[];
  moments: readonly Moment[];
};

function follow(
  { steps, exitWhen }: JourneyDefinition,
  entered: Entry,
  events: readonly Event[],
  { outages, pauses, refusals, repairs, moments }: Surroundings,
): Run {
  const { entry, begun } = entered;
  const later = heardBy(entered, events);
  const left = exitWhen.length > 0 ? later.find(({ name }) => name === 'left') : undefined;
  // What falls due in the minute of the exit comes before it; where the exit overtook the entry, nothing does.
  const exitAt = left && left.at > entry.at ? left.at + 0.5 : entry.at - 0.5;
  let exit = left ? exitAt : Infinity;
  let failed = Infinity;
  const mails: Run['mails'] = [];
  const outageAt = (at: number): Span | undefined => outages.find(({ from, to }) => from < at && at < to);
  // What would happen in a pause happens at its end.
  const held = (at: number): number => pauses.find(({ from, to }) => from < at && at < to)?.to ?? at;
  const worked = (at: number): number => outageAt(Math.max(at, begun))?.to ?? Math.max(at, begun);

  const isRefused = (at: number): boolean =>
    refusals.some(({ from, to }) => from < at && at <= to) && !isOptedOut(moments, at);

  /** A mail that is refused fails its step; without a branch for that the run stands still until a person mends it. */
  const send = (node: Extract<JourneyNode, { kind: 'email' }>, begin: number): number => {
    for (let at = begin; at < exit;) {
      if (!isRefused(at)) {
        mails.push({ step: node.id, at });
        return at;
      }
      if (node.onError) return walk(node.onError, at);
      const [failedAt, repair] = [at, repairs.find((moment) => moment.at > at)];
      if (!repair) {
        failed = at;
        return Infinity;
      }
      at = repair.at;
      // Who left while the run stood still is out as soon as it goes on.
      if (left && left.at > failedAt && left.at < at) exit = at;
      else if (repair.kind === 'skip') return at;
    }
    return begin;
  };

  const walk = (nodes: readonly JourneyNode[], begin: number): number => {
    let at = begin;
    for (const node of nodes) {
      if (at >= exit) return at;
      switch (node.kind) {
        case 'email':
          at = send(node, held(worked(at)));
          break;
        case 'delay':
          at = held(at + minutesOf(node.for));
          break;
        case 'waitFor': {
          const due = held(at + minutesOf(node.timeout));
          const since = node.since === 'step' ? at : -Infinity;
          const first = later.find((event) => event.name === node.on.event && event.at >= since);
          // Where nothing worked between the time-out and the event, what happened first counts.
          const isInTime = first && (first.at < due || (first.at < worked(due) && first.happened < due));
          at = isInTime ? held(Math.max(at, first.at)) : due;
          at = walk((isInTime ? node.onEvent : node.onTimeout) ?? [], at);
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
  if (failed < Infinity) return { mails, over: failed, exit: undefined, isLate: false };
  const isExit = left !== undefined && end > countsAt(left, begun, outageAt(left.at));
  const over = isExit ? worked(Math.max(left.at, entry.at, Number.isInteger(exit) ? exit : 0)) : Math.max(end, begun);
  return {
    mails: mails.filter(({ at }) => at < exit),
    over,
    exit: isExit ? left : undefined,
    isLate: outageAt(over) !== undefined,
  };
}

/** The minute by which an exit is compared with a run's own end: when it happened, where nothing has worked since. */
function countsAt({ at, happened }: Event, begun: number, outage: Span | undefined): number {
  if (at < begun) return happened;
  return outage ? Math.max(happened, outage.from) : at;
}

/** To which address a mail goes, or none where the person has opted out by then. */
function sentTo(moments: readonly Moment[], step: string, at: number): (ExpectedMail & { at: number })[] {
  const address = moments.filter((moment) => moment.kind === 'move' && moment.at < at).length;
  return isOptedOut(moments, at) ? [] : [{ step, address, at }];
}

function isOptedOut(moments: readonly Moment[], at: number): boolean {
  const before = moments.filter((moment) => moment.at < at);
  return before.findLast(({ kind }) => kind === 'optOut' || kind === 'optIn')?.kind === 'optOut';
}

function isFirst(event: Event, index: number, all: readonly Event[]): boolean {
  return all.findIndex(({ id }) => id === event.id) === index;
}

function spansOf(moments: readonly Moment[], begins: Moment['kind'], ends: Moment['kind']): Span[] {
  return moments.flatMap(({ kind, at }, index) => {
    const end = moments.slice(index).find((later) => later.kind === ends)?.at ?? Infinity;
    return kind === begins ? [{ from: at, to: end }] : [];
  });
}

function minutesOf(duration: string | undefined): number {
  return Number(/^PT(\d+)M$/.exec(duration ?? '')?.[1] ?? 0);
}
