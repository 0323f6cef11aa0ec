import { type Command, type Entry, type Event, follow, type Run, type Span } from './follow.ts';
import { goalMinutes, type History, type Moment, strictMinutes } from './history.ts';

/** A mail that a person gets: the step that sends it, and the address, counted by how often it has changed. */
export type ExpectedMail = { step: string; address: number };

/** What a history brings about: mails, and how many of the person's runs reach their goal. */
export type Expected = { mails: ExpectedMail[]; goals: number };

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
    const received = receivedBy(entered, events);
    const followed = (to: number): Run => {
      const commands = moments.filter(isCommand).filter(({ at }) => at > begun && at < to);
      const isOptedOutAt = (at: number): boolean => isOptedOut(moments, at);
      return follow(definition, entered, { received, outages, pauses, refusals, commands, isOptedOutAt });
    };
    const again = moments.find(({ kind, at }) => kind === 'restart' && at > begun && followed(at).ended <= at);
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
  return receivedBy(entered, events).some((event) => event.name === 'bought' && isInTime(event));
}

/** What happened after the entry; of who was started by hand, what came after it. */
function receivedBy({ entry, isByHand }: Entry, events: readonly Event[]): Event[] {
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

/**
 * What lets the person in once a run is over: first what happened after the event that ended it though it came before, then what comes from then
 * on.
 */
function entryAfter(
  { over, exit, isLate, since: rewound }: Run,
  { at: since }: Event,
  entries: readonly Event[],
): Entry | undefined {
  const kept = entries.filter((event) => event.at > since && event.at < over && exit && isAfter(event, exit));
  const [first] = kept.toSorted((a, b) => a.happened - b.happened || a.at - b.at);
  const entry = first ?? entries.find(({ at }) => at > since && (isLate ? at > over : at >= over));
  return entry && { entry, begun: Math.max(over, entry.at, rewound), isByHand: false };
}

/** Whether an event happened after another one; of two that say the same minute the one that came first is the earlier. */
function isAfter(event: Event, other: Event): boolean {
  return event.happened > other.happened || (event.happened === other.happened && event.at > other.at);
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

function isCommand(moment: Moment): moment is Command {
  return moment.kind === 'retry' || moment.kind === 'skip' || moment.kind === 'rewind';
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
