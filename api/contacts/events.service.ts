import { Injectable } from '@nestjs/common';
import {
  EventsEnvelope,
  type EventNote,
  type EventsAnswer,
  type EventsQuery,
  type RejectedEvent,
  type UnknownEvents,
} from '../../contracts/contacts/events-api.schema.ts';
import { closestName } from '../../domain/words/closest-name.ts';
import { unknownEvents } from '../../platform/db/contacts/unknown-events.ts';
import type { IncomingEvent, UnletEvent } from '../../platform/db/journeys/event-intake.ts';
import type { Principal } from '../http/caller/principal.ts';
import { readBody } from '../http/request/raw-body.ts';
import { Store } from '../http/store.ts';
import { EventIntake } from './event-intake.ts';
import { validateEvent } from './validate-event.ts';

/** Takes in what contacts did. */
@Injectable()
export class EventsService {
  private readonly intake: EventIntake;

  constructor(private readonly store: Store) {
    this.intake = new EventIntake(store);
  }

  async takeIn(caller: Principal, body: unknown, { history }: EventsQuery): Promise<EventsAnswer> {
    const { events } = readBody(EventsEnvelope, body);
    const now = Date.now();
    const good = new Map<IncomingEvent, number>();
    const rejected: RejectedEvent[] = [];
    events.forEach((event, index) => {
      const validated = validateEvent(event, now);
      if ('code' in validated) rejected.push({ index, ...validated });
      else good.set(validated, index);
    });
    const isHistory = history === true;
    const { accepted, unlet, idTaken } = await this.intake.takeIn(caller, [...good.keys()], isHistory);
    const notes = [
      ...unlet.map((event) => noteOf(event, events)),
      ...idTaken.map((event) => ({ index: good.get(event) ?? -1, ...idTakenWords })),
    ];
    const duplicates = good.size - accepted.length;
    return { accepted: accepted.length, duplicates, rejected, ...(notes.length > 0 ? { notes } : {}) };
  }

  async unknown(caller: Principal): Promise<UnknownEvents> {
    const { unknown, known } = await this.store.inWorkspace(caller, (tx) => unknownEvents(tx, caller.workspaceId));
    const items = unknown.map(({ name, count, lastAt, properties }) => {
      return { name, count, lastAt: lastAt.toISOString(), properties, closest: closestName(name, known) };
    });
    return { items };
  }
}

const idTakenWords = {
  code: 'event.idTaken',
  message:
    'not stored: another event, of another name, person, key or time, has this id; give each event an id of its own',
};

function noteOf({ id, journey, fault, lateness }: UnletEvent, events: readonly unknown[]): EventNote {
  const index = events.findIndex(
    (event) => typeof event === 'object' && event !== null && 'id' in event && event.id === id,
  );
  const why = {
    tooLate: `it comes more than ${lateness} after it occurred; give the journey a longer lateness to take it`,
    withoutKey: 'it has no key, and the journey has one run for each; send a key, or change the re-entry policy',
  }[fault];
  return { index, code: `event.${fault}`, message: `stored, but lets nobody into “${journey}”: ${why}` };
}
