import type { JourneyDefinition, Reentry } from '../../contracts/journeys/journey.schema.ts';
import { defaultLateness } from '../../contracts/journeys/limits.ts';
import type { EventTrigger, IsoDuration } from '../../contracts/journeys/nodes.schema.ts';
import type { Happening, JsonObject } from '../../contracts/core/machine.ts';
import { isReached, plus } from '../time/time.ts';
import type { JourneyState } from './state.ts';
import { isMeant, keyOf, type ReceivedEvent } from './triggers.ts';

/** An event that may let its contact into a journey. */
export type EnteringEvent = Pick<ReceivedEvent, 'id' | 'name' | 'key' | 'properties' | 'occurredAt' | 'receivedAt'>;

/** How late an event may come to let a contact in. */
export function latenessOf({ lateness = defaultLateness }: JourneyDefinition): IsoDuration {
  return lateness;
}

/** What an event may lack that a journey is entered by: it comes too late, or has no key where there is one run for each. */
export type EntryFault = 'tooLate' | 'withoutKey';

/** Whether an event is one by which a contact enters a journey; `contact` is what conditions know of it. */
export function isEntered(definition: JourneyDefinition, event: EnteringEvent, contact: JsonObject): boolean {
  return isEntry(definition, event, contact) && entryFault(definition, event) === null;
}

/** Why an event that a journey is entered by lets nobody in; null where it does. */
export function entryFault(definition: JourneyDefinition, event: EnteringEvent): EntryFault | null {
  if (!isReached(event.receivedAt, plus(event.occurredAt, latenessOf(definition), 'UTC'))) return 'tooLate';
  return definition.reentry === 'perKey' && event.key === null ? 'withoutKey' : null;
}

/** Whether an event is one that a journey is entered by, whatever it lacks. */
export function isEntry(definition: JourneyDefinition, event: EnteringEvent, contact: JsonObject): boolean {
  const { key, properties, receivedAt: now } = event;
  const facts = { contact, entry: { key, properties }, outputs: {}, now };
  const received = { ...event, purpose: 'entry', step: null, visit: null };
  const lets = (trigger: EventTrigger): boolean => isMeant(received, trigger, keyOf(trigger, facts), facts);
  return definition.entry.some(lets);
}

/** When a run ended: with the event that ended it, or (`occurredAt` null) by its own at an instant of the database's clock. */
export type RunEnd = { occurredAt: string | null; receivedAt: string };

/** When an ended run ended. */
export function endOf({ end, clock }: Pick<JourneyState, 'end' | 'clock'>): RunEnd {
  return end?.by ?? { occurredAt: null, receivedAt: clock };
}

/** Whether an event happened after the end of a run, and so is not kept out by it. */
export function hasHappenedAfter(event: Happening, { occurredAt, receivedAt }: RunEnd): boolean {
  const later = Date.parse(event.receivedAt) - Date.parse(receivedAt);
  if (occurredAt === null) return later > 0;
  const gap = Date.parse(event.occurredAt) - Date.parse(occurredAt);
  return gap > 0 || (gap === 0 && later > 0);
}

/** A run that a contact has or had in a journey; `key` is that of the event that began it. One that failed gave them nothing to repeat. */
export type EarlierRun = { runId: string; key: string | null; isLive: boolean; hasFailed: boolean };

/**
 * What a re-entry policy says of one more run: it may begin, or `by` keeps it out. No two runs of a contact in a journey have the same
 * `suffix`: as the end of the entry key it lets the database's constraint stand behind the policy.
 */
export type Admission = { kind: 'admitted'; suffix: string } | { kind: 'refused'; by: EarlierRun };

/** Says whether a start is let in, by all earlier runs of the contact in the journey, the first of them first. `key` is that of the event. */
export function admit(reentry: Reentry, key: string | null, earlier: readonly EarlierRun[]): Admission {
  const by = earlier.find((run) => keepsOut(reentry, key, run));
  return by ? { kind: 'refused', by } : { kind: 'admitted', suffix: suffixOf(reentry, key, earlier) };
}

/** Whether a re-entry policy counts an earlier run against one more. A run that failed keeps nobody out: what it was for has not come about. */
export function keepsOut(reentry: Reentry, key: string | null, earlier: EarlierRun): boolean {
  if (earlier.hasFailed) return false;
  switch (reentry) {
    case 'once':
      return true;
    case 'afterExit':
      return earlier.isLive;
    case 'perKey':
      return earlier.key === key;
  }
}

/**
 * The suffixes of the three policies never meet, so a journey may change its policy. One more run after those that failed has their number
 * before it, which code of before, beside this during an upgrade, makes no suffix of.
 */
function suffixOf(reentry: Reentry, key: string | null, earlier: readonly EarlierRun[]): string {
  const count = earlier.length;
  switch (reentry) {
    case 'once':
      return count === 0 ? '' : `~${count}`;
    case 'afterExit':
      return `#${count + 1}`;
    case 'perKey':
      return earlier.some((run) => run.key === key) ? `~${count}/${key ?? ''}` : `/${key ?? ''}`;
  }
}
