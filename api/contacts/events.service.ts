import { Injectable } from '@nestjs/common';
import {
  EventsEnvelope,
  type EventsAnswer,
  type EventsQuery,
  type RejectedEvent,
} from '../../contracts/contacts/events-api.schema.ts';
import { takeInEvents, type IncomingEvent } from '../../platform/db/journeys/event-intake.ts';
import type { Principal } from '../http/caller/principal.ts';
import { readBody } from '../http/request/raw-body.ts';
import { Store } from '../http/store.ts';
import { validateEvent } from './validate-event.ts';

/** Takes in what contacts did. */
@Injectable()
export class EventsService {
  constructor(private readonly store: Store) {}

  async takeIn(caller: Principal, body: unknown, { history }: EventsQuery): Promise<EventsAnswer> {
    const { events } = readBody(EventsEnvelope, body);
    const now = Date.now();
    const good: IncomingEvent[] = [];
    const rejected: RejectedEvent[] = [];
    events.forEach((event, index) => {
      const validated = validateEvent(event, now);
      if ('code' in validated) rejected.push({ index, ...validated });
      else good.push(validated);
    });
    const isHistory = history === true;
    const taken = await this.store.inWorkspace(caller, (tx) =>
      takeInEvents(tx, caller.workspaceId, good, { isHistory }),
    );
    return { ...taken, rejected };
  }
}
