import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { type History, type Moment, strictMinutes } from './history.ts';

/** A mail that a person gets: the step that sends it, and the address, counted by how often it has changed. */
export type ExpectedMail = { step: string; address: number };

type Event = Extract<Moment, { kind: 'event' }>;
type Outage = { from: number; to: number };

/**
 * The mails that a history must bring about, as people would work them out with a calendar. In plain code: no turns, no mailbox, no database. A run is followed from step to step on a calendar of what was stored when;
 * what needs a worker happens when there is one.
 */
export function expectedOf({ definition, moments }: History): ExpectedMail[] {
  const events = moments.filter((moment): moment is Event => moment.kind === 'event').filter(isFirst);
  const outages = outagesOf(moments);
  const mails: (ExpectedMail & { at: number })[] = [];
  const isLate = ({ at, happened }: Event): boolean =>
    definition.lateness !== undefined && at - happened > strictMinutes;
  let coming: Entry[] = events
    .filter((event) => event.name === 'entered' && !isLate(event))
    .map((event) => ({ event, begin: event.at }));
  for (let [entry] = coming; entry; [entry] = coming) {
    const run = follow(definition, entry, events, outages);
    mails.push(...run.mails.flatMap(({ step, at }) => sentTo(moments, step, at)));
    coming = definition.reentry === 'once' ? [] : admitted(coming.slice(1), run);
  }
  return mails.toSorted((a, b) => a.at - b.at).map(({ step, address }) => ({ step, address }));
}

/** An event that lets the person in, and the minute in which it does. */
type Entry = { event: Event; begin: number };
/** A run that was followed: it ended at `end`, by the event `exit` where it has one; `isLate`: no worker was there to end it then. */
type Followed = { mails: { step: string; at: number }[]; end: number; exit: Event | null; isLate: boolean };

/** Who comes in after a run: what was received after its end, and what happened after the event that ended it, however early it was received. */
function admitted(rest: readonly Entry[], { end, exit, isLate }: Followed): Entry[] {
  return rest
    .flatMap(({ event, begin }): Entry[] => {
      if (begin > end || (begin === end && exit === null && !isLate)) return [{ event, begin }];
      return exit !== null && event.happened > exit.happened ? [{ event, begin: exit.at }] : [];
    })
    .toSorted((a, b) => a.begin - b.begin || a.event.happened - b.event.happened);
}

/** Follows one run from step to step. */
function follow(
  { steps, exitWhen }: JourneyDefinition,
  { event: entry, begin }: Entry,
  events: readonly Event[],
  outages: readonly Outage[],
): Followed {
  const later = events.filter(
    ({ at, happened }) => happened > entry.happened || (happened === entry.happened && at > entry.at),
  );
  const left = exitWhen.length > 0 ? (later.find(({ name }) => name === 'left') ?? null) : null;
  // What falls due in the minute of the exit comes before it; where the exit overtook the entry, nothing does.
  const exitAt = left === null ? Infinity : left.at > entry.at ? left.at + 0.5 : entry.at - 0.5;
  const mails: { step: string; at: number }[] = [];
  const worked = (at: number): number => outages.find(({ from, to }) => from < at && at < to)?.to ?? at;

  const walk = (nodes: readonly JourneyNode[], from: number): number => {
    let at = from;
    for (const node of nodes) {
      if (at >= exitAt) return at;
      switch (node.kind) {
        case 'email':
          at = worked(Math.max(at, begin));
          if (at < exitAt) mails.push({ step: node.id, at });
          break;
        case 'delay':
          at += minutesOf(node.for);
          break;
        case 'waitFor': {
          const due = at + minutesOf(node.timeout);
          const since = node.since === 'step' ? at : -Infinity;
          const awaited = later.find((event) => event.name === node.on.event && event.at >= since && event.at < due);
          at = awaited ? Math.max(at, awaited.at) : due;
          at = walk((awaited ? node.onEvent : node.onTimeout) ?? [], at);
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
  const hasLeft = exitAt <= end;
  return {
    mails: mails.filter(({ at }) => at < exitAt),
    end: hasLeft && left ? Math.max(left.at, begin) : Math.max(end, begin),
    exit: hasLeft ? left : null,
    isLate: worked(end) !== end,
  };
}

/** To which address a mail goes, or none where the person has opted out by then. */
function sentTo(moments: readonly Moment[], step: string, at: number): (ExpectedMail & { at: number })[] {
  const before = moments.filter((moment) => moment.at < at);
  const last = before.findLast(({ kind }) => kind === 'optOut' || kind === 'optIn');
  const address = before.filter(({ kind }) => kind === 'move').length;
  return last?.kind === 'optOut' ? [] : [{ step, address, at }];
}

function isFirst(event: Event, index: number, all: readonly Event[]): boolean {
  return all.findIndex(({ id }) => id === event.id) === index;
}

function outagesOf(moments: readonly Moment[]): Outage[] {
  return moments.flatMap(({ kind, at }, index) => {
    const end = moments.slice(index).find((later) => later.kind === 'up')?.at ?? at;
    return kind === 'down' ? [{ from: at, to: end }] : [];
  });
}

function minutesOf(duration: string | undefined): number {
  return Number(/^PT(\d+)M$/.exec(duration ?? '')?.[1] ?? 0);
}
