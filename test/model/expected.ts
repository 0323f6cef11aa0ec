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
  let runs = 0;
  let freeFrom = -1;
  for (const entry of events.filter(({ name }) => name === 'entered')) {
    const isTooLate = definition.lateness !== undefined && entry.at - entry.happened > strictMinutes;
    const mayEnter = !isTooLate && (runs === 0 || (definition.reentry === 'afterExit' && entry.at >= freeFrom));
    if (!mayEnter) continue;
    runs += 1;
    const run = follow(definition, entry, events, outages);
    freeFrom = run.over;
    mails.push(...run.mails.flatMap(({ step, at }) => sentTo(moments, step, at)));
  }
  return mails.toSorted((a, b) => a.at - b.at).map(({ step, address }) => ({ step, address }));
}

/** The mails of one run with their minutes, and from which minute on it is over: what comes then may begin another. */
function follow(
  { steps, exitWhen }: JourneyDefinition,
  entry: Event,
  events: readonly Event[],
  outages: readonly Outage[],
): { mails: { step: string; at: number }[]; over: number } {
  const later = events.filter(
    ({ at, happened }) => happened > entry.happened || (happened === entry.happened && at > entry.at),
  );
  const left = later.find(({ name }) => name === 'left');
  // What falls due in the minute of the exit comes before it; where the exit overtook the entry, nothing does.
  const exitAt = left && left.at > entry.at ? left.at + 0.5 : entry.at - 0.5;
  const exit = exitWhen.length > 0 && left ? exitAt : Infinity;
  const mails: { step: string; at: number }[] = [];
  const worked = (at: number): number => outages.find(({ from, to }) => from < at && at < to)?.to ?? at;

  const walk = (nodes: readonly JourneyNode[], begin: number): number => {
    let at = begin;
    for (const node of nodes) {
      if (at >= exit) return at;
      switch (node.kind) {
        case 'email':
          at = worked(at);
          if (at < exit) mails.push({ step: node.id, at });
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
  return { mails: mails.filter(({ at }) => at < exit), over: Math.min(exit, worked(end)) };
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
