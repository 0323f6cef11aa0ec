import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { EventsAnswer, EventsQuery, UnknownEvents } from '../../contracts/contacts/events-api.schema.ts';
import { eventRoutes } from '../../contracts/contacts/events.routes.ts';
import { JsonBody, Query, Route } from '../http/route.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { EventsService } from './events.service.ts';

/** `/v1/events`. */
@ApiTags('Events')
@Controller()
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Route(eventRoutes.takeIn)
  takeIn(@Caller() caller: Principal, @Query() query: EventsQuery, @JsonBody() body: unknown): Promise<EventsAnswer> {
    return this.events.takeIn(caller, body, query);
  }

  @Route(eventRoutes.unknown)
  unknown(@Caller() caller: Principal): Promise<UnknownEvents> {
    return this.events.unknown(caller);
  }
}
