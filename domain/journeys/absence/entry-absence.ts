import type { AbsenceFinding } from '../../../contracts/contacts/absence-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { referencesIn, referencesOf } from '../../conditions/references.ts';
import { admit, entryFault, isEntry, latenessOf, type EnteringEvent } from '../entry.ts';
import { passed, stopped, type Explained } from './finding.ts';

/** An event of the person by whose name a version of the journey is entered; `runId` is the run that it began. */
export type KnownEvent = EnteringEvent & { isHistory: boolean; runId: string | null };

/** What was done to a journey, the first first; `version` is the one that was published. */
export type JourneyAct = { kind: 'published' | 'paused' | 'resumed' | 'stopped'; at: string; version: number | null };

/** How a journey stood: whether it took people in, and which version they followed. */
export type StatusThen = { status: 'draft' | 'live' | 'paused' | 'stopped'; version: number | null };

/** A run that the person has or had in the journey. */
export type RunOnRecord = {
  runId: string;
  key: string | null;
  startedAt: string;
  endedAt: string | null;
  hasFailed: boolean;
  version: number;
};

/** All that is on record of a person and the entry of a journey; runs and events are the newest first. */
export type EntryRecords = {
  /** How it stands now, and since when it keeps those who would enter. */
  now: StatusThen & { keptSince: string | null };
  acts: readonly JourneyAct[];
  events: readonly KnownEvent[];
  runs: readonly RunOnRecord[];
  contact: JsonObject;
  contactChangedAt: string;
};

/** How a journey stood at an instant by what was done to it; as it stands now where that is not on record. */
export function statusAt({ acts, now }: Pick<EntryRecords, 'acts' | 'now'>, instant: string): StatusThen {
  if (!acts.some(({ kind }) => kind === 'published')) return now;
  return acts
    .filter(({ at }) => !isAfter(at, instant))
    .reduce<StatusThen>(
      (before, { kind, version }) => {
        if (kind === 'published') return { status: before.status === 'paused' ? 'paused' : 'live', version };
        return { ...before, status: kind === 'resumed' ? 'live' : kind };
      },
      { status: 'draft', version: null },
    );
}

/** The event that the answer is about: the newest that let the person in nowhere and came after their newest run began; undefined where there is none. */
export function unletEvent({ events, runs }: Pick<EntryRecords, 'events' | 'runs'>): KnownEvent | undefined {
  const [newest] = runs;
  return events.find(
    ({ runId, receivedAt }) => runId === null && (newest === undefined || isAfter(receivedAt, newest.startedAt)),
  );
}

/**
 * Why a person is not in a journey, or not once more. `then` is the version that was live when the event came, `names` the events by which people
 * enter now.
 */
export function entryAbsence(
  records: EntryRecords,
  then: JourneyDefinition | null,
  names: readonly string[],
): Explained {
  const [newest] = records.runs;
  const before = newest ? [enteredBy(newest)] : [];
  const event = unletEvent(records);
  if (!event && newest) return { outcome: 'came', findings: before };
  if (!event) return { outcome: 'missing', findings: [stopped('event.none', { what: [...names] })] };
  const came = passed('event.came', { what: [event.name], at: event.receivedAt });
  const { outcome, findings } = ofEvent(records, event, then);
  return { outcome, findings: [...before, came, ...findings] };
}

/** That a person entered by a run. */
export function enteredBy({ runId, startedAt, version }: RunOnRecord): AbsenceFinding {
  return passed('entered', { runId, at: startedAt, version });
}

function ofEvent(records: EntryRecords, event: KnownEvent, then: JourneyDefinition | null): Explained {
  const what = [event.name];
  const missing = (finding: AbsenceFinding, ...first: AbsenceFinding[]): Explained => ({
    outcome: 'missing',
    findings: [...first, finding],
  });
  if (event.isHistory) return missing(stopped('event.history', { what }));
  const { status, version } = statusAt(records, event.receivedAt);
  if (status === 'stopped') return missing(stopped('journey.stopped'));
  if (status === 'draft' || !then) return missing(stopped('journey.notPublished'));
  const paused = status === 'paused' ? ofPause(records, event, then) : [];
  const last = paused.at(-1);
  if (last?.code === 'journey.kept') return { outcome: 'ahead', findings: paused };
  if (last?.isStop) return { outcome: 'missing', findings: paused };
  if (!then.entry.some((trigger) => trigger.event === event.name))
    return missing(stopped('event.otherVersion', { what, version }), ...paused);
  const isUnsure = readsContact(then, event.name) && isAfter(records.contactChangedAt, event.receivedAt);
  if (!isEntry(then, event, records.contact))
    return missing(stopped(isUnsure ? 'event.filterNow' : 'event.filter', { what, version }), ...paused);
  const fault = entryFault(then, event);
  if (fault === 'tooLate')
    return missing(stopped('event.tooLate', { what, at: event.occurredAt, reason: latenessOf(then) }), ...paused);
  if (fault === 'withoutKey') return missing(stopped('event.withoutKey', { what }), ...paused);
  const by = runInTheWay(records, event, then);
  if (by !== null) return missing(stopped('reentry', { runId: by, reason: then.reentry }), ...paused);
  return {
    outcome: 'unknown',
    findings: [...paused, passed(isUnsure ? 'nothing.maybeFilter' : 'nothing', { version })],
  };
}

/** What became of who would have entered during a pause: kept still, never let in, or let in again when the journey went on. */
function ofPause({ now }: EntryRecords, event: KnownEvent, then: JourneyDefinition): AbsenceFinding[] {
  if (then.pausedEntries === 'drop') return [stopped('journey.dropped')];
  const isKept = now.keptSince !== null && !isAfter(now.keptSince, event.receivedAt);
  if (now.status === 'paused' && isKept) return [passed('journey.kept')];
  return now.status === 'stopped'
    ? [passed('journey.wasPaused'), stopped('journey.stopped')]
    : [passed('journey.wasPaused')];
}

/** Whether the entry by an event looks at the person: what is known of them now need not be what was known then. */
function readsContact({ entry }: JourneyDefinition, name: string): boolean {
  return entry
    .filter((trigger) => trigger.event === name)
    .flatMap(({ key, filter }) => [...(key ? referencesOf(key) : []), ...(filter ? referencesIn(filter) : [])])
    .some(({ from }) => from === 'contact');
}

/** The run that the re-entry policy had stand when the event came. */
function runInTheWay({ runs }: EntryRecords, event: KnownEvent, { reentry }: JourneyDefinition): string | null {
  const earlier = runs
    .filter(({ startedAt }) => !isAfter(startedAt, event.receivedAt))
    .map(({ runId, key, endedAt, hasFailed }) => {
      const isLive = endedAt === null || isAfter(endedAt, event.receivedAt);
      return { runId, key, isLive, hasFailed: hasFailed && !isLive };
    })
    .toReversed();
  const admission = admit(reentry, event.key, earlier);
  return admission.kind === 'refused' ? admission.by.runId : null;
}

/** By all digits that an instant has: some are kept to the microsecond. */
function isAfter(instant: string, other: string): boolean {
  const digits = (of: string): string => of.replace('Z', '').padEnd(26, '0');
  return digits(instant) > digits(other);
}
