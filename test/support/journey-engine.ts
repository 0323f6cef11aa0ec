import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { Advanced, JsonObject, MailboxItem, WaitSpec } from '../../contracts/core/machine.ts';
import { advance } from '../../domain/journeys/advance.ts';
import { startJourney, type JourneyEntry, type JourneyState } from '../../domain/journeys/state.ts';
import { isReached } from '../../domain/time/time.ts';
import { isInTime } from '../../domain/journeys/triggers.ts';

/** An event as Postgres has it. */
export type Happened = {
  id: string;
  name: string;
  key: string | null;
  receivedAt: string;
  occurredAt?: string;
  properties?: JsonObject;
};

/** A run of a journey whose engine is played in memory: waits, stored events and the mailbox are as the database has them. */
export type PlayedRun = {
  readonly last: Advanced<JourneyState>;
  /** Stores an event, for whom listens now or will. */
  store(event: Happened): void;
  /** Puts a message in the mailbox. */
  send(item: Partial<MailboxItem>, at: string): void;
  /** Makes turns at an instant until nothing is left to do then. */
  work(now: string): Advanced<JourneyState>;
};

/** Lets a contact into a journey; the first turn is made by the first `work`. */
export function playJourney(
  definition: JourneyDefinition,
  entry: JourneyEntry,
  contact: JsonObject = { externalId: 'ana' },
): PlayedRun {
  const stored: Happened[] = [];
  let unread: MailboxItem[] = [];
  const noted = new Set<string>();
  let waits: readonly WaitSpec[] = [];
  let seq = 0;
  let last: Advanced<JourneyState> | null = null;

  const idOf = ({ step, visit, eventName, key, purpose }: WaitSpec): string =>
    JSON.stringify([step, visit, eventName, key, purpose]);
  const note = (event: Happened, wait: WaitSpec, at: string): void => {
    const { id, name, key, receivedAt, occurredAt = receivedAt, properties = {} } = event;
    const { purpose, step, visit } = wait;
    const ref = `${id}/${purpose}/${step}/${visit}`;
    const isHeard =
      name === wait.eventName && (wait.key === null || wait.key === key) && isInTime({ occurredAt, receivedAt }, wait);
    if (!isHeard || noted.has(ref)) return;
    noted.add(ref);
    const payload = { name, key, properties, occurredAt, receivedAt, purpose, step, visit };
    unread.push({ seq: (seq += 1), kind: 'event', ref, payload, at });
  };

  const turn = (now: string): Advanced<JourneyState> => {
    const input = { now, contact, mailbox: unread, workspaceZone: 'UTC' };
    const result = advance(definition, last?.state ?? startJourney(entry), input);
    unread = unread.filter((item) => result.left?.includes(item.seq));
    const known = new Set(waits.map(idOf));
    waits = result.waits;
    const added = waits.filter((each) => !known.has(idOf(each))).toSorted(reachOrder);
    for (const event of stored) for (const wait of added) note(event, wait, now);
    last = result;
    return result;
  };

  return {
    get last() {
      return last ?? turn(entry.receivedAt);
    },
    store(event) {
      stored.push(event);
      for (const wait of waits.toSorted(reachOrder)) note(event, wait, event.receivedAt);
    },
    send(item, at) {
      unread.push({ seq: (seq += 1), kind: 'event', ref: null, payload: {}, at, ...item });
    },
    work(now) {
      for (;;) {
        const result = turn(now);
        const isDue = result.dueAt !== null && result.gates.length === 0 && isReached(result.dueAt, now);
        if (unread.length === 0 && !isDue) return result;
      }
    },
  };
}

/** As the database enqueues one event for several waits. */
function reachOrder(a: WaitSpec, b: WaitSpec): number {
  const order = ['goal', 'exit', 'wait'];
  return order.indexOf(a.purpose) - order.indexOf(b.purpose);
}
