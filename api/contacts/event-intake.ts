import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionLost } from '../../platform/db/core/lost-connection.ts';
import { type IncomingEvent, takeInEvents, type TakenIn } from '../../platform/db/journeys/event-intake.ts';
import type { Principal } from '../http/caller/principal.ts';
import type { Store } from '../http/store.ts';

type Caller = Pick<Principal, 'workspaceId'>;

/** A call whose answer is awaited. */
type Call = {
  events: readonly IncomingEvent[];
  answer(taken: TakenIn): void;
  fail(error: unknown): void;
};

/** A call of more events makes a transaction worth while by itself. */
const fewEvents = 20;
/** One that waits for a held contact does not keep the others waiting for longer. */
const patienceMs = 50;
/** Their contacts stay locked together until the commit. */
const mostTogether = 200;

/**
 * Takes in the events of calls, those of one workspace that come while others of it are under way together, in one transaction: it costs
 * hardly more than one of a single call. Each call is answered after the commit, and goes by itself where they fail together.
 */
export class EventIntake {
  /** The calls that wait for those under way, by workspace and what they are. */
  private readonly waiting = new Map<string, Call[]>();

  constructor(private readonly store: Store) {}

  takeIn(caller: Caller, events: readonly IncomingEvent[], isHistory: boolean): Promise<TakenIn> {
    const isAlone = events.length > fewEvents || this.store.isInTransaction(caller);
    if (isAlone || events.length === 0) return this.alone(caller, events, isHistory);
    return new Promise((answer, fail) => {
      const call = { events, answer, fail };
      const key = `${caller.workspaceId} ${isHistory}`;
      const others = this.waiting.get(key);
      if (others) others.push(call);
      else void this.work(caller, key, call, isHistory);
    });
  }

  private alone(caller: Caller, events: readonly IncomingEvent[], isHistory: boolean): Promise<TakenIn> {
    return this.store.inWorkspace(caller, (tx) => takeInEvents(tx, caller.workspaceId, events, { isHistory }));
  }

  /** Works on calls of one kind until none is left, in the order in which they came. */
  private async work(caller: Caller, key: string, first: Call, isHistory: boolean): Promise<void> {
    const calls = [first];
    this.waiting.set(key, calls);
    while (calls.length > 0) {
      const gone = new AbortController();
      const slow = pause(patienceMs, undefined, { signal: gone.signal }).catch(() => undefined);
      await Promise.race([this.together(caller, calls.splice(0, countOf(calls)), isHistory), slow]);
      gone.abort();
    }
    this.waiting.delete(key);
  }

  private async together(caller: Caller, calls: readonly Call[], isHistory: boolean): Promise<void> {
    const events = calls.flatMap((call) => call.events);
    try {
      const taken = await this.alone(caller, events, isHistory);
      for (const call of calls) call.answer(partOf(taken, call.events));
    } catch (error) {
      // What was perhaps written would come back as if it were another one.
      const isUnknown = error instanceof ConnectionLost && error.isOutcomeUnknown;
      if (calls.length === 1 || isUnknown) for (const call of calls) call.fail(error);
      else for (const call of calls) void this.alone(caller, call.events, isHistory).then(call.answer, call.fail);
    }
  }
}

/** How many of the first calls have so few events that they go together. */
function countOf(calls: readonly Call[]): number {
  let events = 0;
  const last = calls.findIndex((call) => (events += call.events.length) > mostTogether);
  return last === -1 ? calls.length : last;
}

/** What became of the events of one call. */
function partOf(taken: TakenIn, events: readonly IncomingEvent[]): TakenIn {
  const own = new Set(events);
  const accepted = taken.accepted.filter((event) => own.has(event));
  const ids = new Set(accepted.map(({ id }) => id));
  return {
    accepted,
    unlet: taken.unlet.filter(({ id }) => ids.has(id)),
    idTaken: taken.idTaken.filter((event) => own.has(event)),
  };
}
