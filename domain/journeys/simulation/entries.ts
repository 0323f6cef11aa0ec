import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { isReached } from '../../time/time.ts';
import { durationWords } from '../duration-words.ts';
import { admit, isEntered, isTooLate, latenessOf, type EarlierRun, type EnteringEvent } from '../entry.ts';
import type { ComingEvent } from './world.ts';

/** What the events of a script say about who enters the journey, in words. */
export type Entries = {
  readonly lines: string[];
  /** Takes in the events that came by `until` (null: all that are left), by what was known until then. */
  receive(until: string | null, known: { contact: JsonObject; isLive: boolean; hasFailed: boolean }): void;
};

/** Says whether the event that begins the simulated run lets the person in, which is simulated in any case, and then what re-entry says of those that come after it. */
export function createEntries(
  definition: JourneyDefinition,
  start: { contact: JsonObject; first: EnteringEvent; others: readonly ComingEvent[] },
): Entries {
  const { first } = start;
  const isIn = isEntered(definition, first, start.contact);
  const lines = isIn ? [] : [`“${first.name}” does not let this person in; the run shows what would happen if it did`];
  const begun: EarlierRun[] = [];
  let coming = start.others;
  return {
    lines,
    receive(until, { contact, isLive, hasFailed }) {
      const due = coming.filter((event) => until === null || isReached(event.receivedAt, until));
      coming = coming.slice(due.length);
      for (const event of due) {
        const after = `“${event.name}” after ${durationWords(event.after)}`;
        if (
          isTooLate(definition, event) &&
          isEntered(definition, { ...event, receivedAt: event.occurredAt }, contact)
        ) {
          const bound = durationWords(latenessOf(definition));
          lines.push(`${after} lets nobody in: it comes more than ${bound} after it occurred`);
        }
        if (!isEntered(definition, event, contact)) continue;
        const simulated = { runId: 'simulated', key: first.key, isLive, hasFailed };
        const isAdmitted = admit(definition.reentry, event.key, [simulated, ...begun]).kind === 'admitted';
        if (isAdmitted) begun.push({ runId: 'not simulated', key: event.key, isLive: true, hasFailed: false });
        const result = isAdmitted
          ? 'begins another run, which is not simulated'
          : 'begins no other run: the re-entry policy keeps the person out';
        lines.push(`${after} ${result}`);
      }
    },
  };
}
