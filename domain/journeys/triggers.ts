import type { EventTrigger } from '../../contracts/journeys/nodes.schema.ts';
import { limits } from '../../contracts/core/limits.ts';
import type { Happening, JsonObject, MailboxItem, WaitSpec } from '../../contracts/core/machine.ts';
import { holds } from '../conditions/holds.ts';
import { referencesOf } from '../conditions/references.ts';
import { evaluate, isObject, toText, type Facts } from '../conditions/values.ts';
import { earlier, isReached } from '../time/time.ts';
import type { JourneyEntry } from './state.ts';

/** An event as a message carries it. `step` and `visit` are null where the message does not say which step it is for. */
export type ReceivedEvent = {
  id: string | null;
  name: string;
  key: string | null;
  properties: JsonObject;
  occurredAt: string;
  receivedAt: string;
  purpose: string;
  step: string | null;
  visit: number | null;
};

/** No event has an empty key, so a trigger whose key came to nothing matches nothing. */
const MATCHES_NOTHING = '';

/** The key that an event must have: null for any. Without blanks around it, as an event's is. */
export function keyOf(trigger: EventTrigger, facts: Facts): string | null {
  if (trigger.key === undefined) return null;
  const key = evaluate(trigger.key, facts);
  return key === null ? MATCHES_NOTHING : toText(key).trim();
}

/**
 * The key that the engine looks for on behalf of a trigger that holds for the whole run: null also where the contact's attributes decide, as
 * they change between turns. The run itself then compares with the key as it is.
 */
export function watchedKey(trigger: EventTrigger, facts: Facts): string | null {
  const isOfContact = trigger.key !== undefined && referencesOf(trigger.key).some(({ from }) => from === 'contact');
  return isOfContact ? null : keyOf(trigger, facts);
}

/** Whether an event is one that a trigger means. `key` is what `keyOf` gave when the run began to listen. */
export function isMeant(event: ReceivedEvent, trigger: EventTrigger, key: string | null, facts: Facts): boolean {
  if (event.name !== trigger.event) return false;
  if (key !== null && key !== event.key) return false;
  return trigger.filter === undefined || holds(trigger.filter, { ...facts, event: event.properties });
}

/** When the contact entered. What is said to occur in the future has occurred when it was received. */
export function enteredAt({ occurredAt, receivedAt }: JourneyEntry): string {
  return earlier(receivedAt, occurredAt ?? receivedAt);
}

/** What events must have happened after; undefined where the entry does not say when it occurred: then all count that were received since. */
export function afterEntry(entry: JourneyEntry): Happening | undefined {
  if (entry.occurredAt === undefined) return undefined;
  return { occurredAt: enteredAt(entry), receivedAt: entry.receivedAt };
}

/** From when on events may have been received that occurred after the entry: clocks of sources are not the database's. */
export function sinceEntry(entry: JourneyEntry): string {
  if (entry.occurredAt === undefined) return entry.receivedAt;
  return new Date(Date.parse(enteredAt(entry)) - limits.eventFutureMs).toISOString();
}

/** Whether an event is one of those that a wait asks for by when they happened, as the database decides it. */
export function isInTime(event: Happening, { from, after }: Pick<WaitSpec, 'from' | 'after'>): boolean {
  if (!isReached(from, event.receivedAt)) return false;
  if (!after) return true;
  const gap = Date.parse(event.occurredAt) - Date.parse(after.occurredAt);
  return gap > 0 || (gap === 0 && Date.parse(event.receivedAt) > Date.parse(after.receivedAt));
}

/** When a message came: an event when it was received, also where the run began to listen to it later. */
export function instantOf(item: MailboxItem): string {
  return item.kind === 'event' ? readEvent(item).receivedAt : item.at;
}

/** Reads an `event` message. One without a name matches no wait: its name comes out empty. */
export function readEvent(item: MailboxItem): ReceivedEvent {
  const { name, key, properties, occurredAt, receivedAt, purpose, step, visit } = item.payload;
  const event = {
    name: typeof name === 'string' ? name : '',
    key: typeof key === 'string' ? key : null,
    properties: isObject(properties) ? properties : {},
    occurredAt: typeof occurredAt === 'string' ? occurredAt : item.at,
    receivedAt: typeof receivedAt === 'string' ? receivedAt : item.at,
    purpose: typeof purpose === 'string' ? purpose : 'wait',
    step: typeof step === 'string' ? step : null,
    visit: typeof visit === 'number' ? visit : null,
  };
  return { ...event, id: eventIdOf(item.ref, `/${event.purpose}/${event.step}/${event.visit}`) };
}

/** The engine makes a row's ref unique per listener by an ending after the event's id. */
function eventIdOf(ref: string | null, ending: string): string | null {
  return ref?.endsWith(ending) === true ? ref.slice(0, -ending.length) : ref;
}
