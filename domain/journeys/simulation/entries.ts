import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { isReached } from '../../time/time.ts';
import { durationWords } from '../duration-words.ts';
import {
  admit,
  entryFault,
  hasHappenedAfter,
  isEntered,
  isEntry,
  latenessOf,
  type RunEnd,
  type EarlierRun,
  type EntryFault,
  type EnteringEvent,
} from '../entry.ts';
import type { ComingEvent } from './world.ts';

/** What the events of a script say about who enters the journey, in words. */
export type Entries = {
  readonly lines: string[];
  /** Takes in the events that came by `until` (null: all that are left), by what was known until then. */
  receive(until: string | null, known: { contact: JsonObject; isLive: boolean; hasFailed: boolean }): void;
  /** Looks again at those that the simulated run stood in the way of and that happened after its end. */
  lookAgain(end: RunEnd, hasFailed: boolean): void;
};

/** Says whether the event that begins the simulated run lets the person in, which is simulated in any case, and then what re-entry says of those that come after it. */
export function createEntries(
  definition: JourneyDefinition,
  start: { contact: JsonObject; first: EnteringEvent; others: readonly ComingEvent[] },
): Entries {
  const { first } = start;
  const isIn = isEntered(definition, first, start.contact);
  const unlet = isIn ? [] : [`“${first.name}” does not let this person in; the run shows what would happen if it did`];
  const begun: EarlierRun[] = [];
  const said = new Map<ComingEvent, string>();
  let coming = start.others;
  let keptOut: ComingEvent[] = [];
  const admitInOrder = (events: readonly ComingEvent[], run: { isLive: boolean; hasFailed: boolean }): void => {
    for (const event of events) {
      const simulated = { runId: 'simulated', key: first.key, ...run };
      const isAdmitted = admit(definition.reentry, event.key, [simulated, ...begun]).kind === 'admitted';
      if (isAdmitted) begun.push({ runId: 'not simulated', key: event.key, isLive: true, hasFailed: false });
      else keptOut.push(event);
      said.set(
        event,
        isAdmitted
          ? 'begins another run, which is not simulated'
          : 'begins no other run: the re-entry policy keeps the person out',
      );
    }
  };
  return {
    get lines() {
      const shown = start.others.filter((event) => said.has(event));
      return [
        ...unlet,
        ...shown.map((event) => `“${event.name}” after ${durationWords(event.after)} ${said.get(event)}`),
      ];
    },
    receive(until, { contact, isLive, hasFailed }) {
      const due = coming.filter((event) => until === null || isReached(event.receivedAt, until));
      coming = coming.slice(due.length);
      const why: Record<EntryFault, string> = {
        tooLate: `it comes more than ${durationWords(latenessOf(definition))} after it occurred`,
        withoutKey: 'it has no key, and there is one run for each',
      };
      const entering = due.filter((event) => isEntry(definition, event, contact));
      const faultOf = (event: ComingEvent) => entryFault(definition, event);
      for (const event of entering) {
        const fault = faultOf(event);
        if (fault) said.set(event, `lets nobody in: ${why[fault]}`);
      }
      admitInOrder(
        entering.filter((event) => faultOf(event) === null),
        { isLive, hasFailed },
      );
    },
    lookAgain(end, hasFailed) {
      const again = keptOut.filter((event) => hasHappenedAfter(event, end));
      keptOut = [];
      admitInOrder(again, { isLive: false, hasFailed });
    },
  };
}
