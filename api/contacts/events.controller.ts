import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventsAnswer, EventsCall } from '../../contracts/contacts/events-api.schema.ts';
import { Operation } from '../http/operation.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { DocumentedBody, JsonBody } from '../http/request/raw-body.ts';
import { EventsService } from './events.service.ts';

/** `/v1/events`. */
@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Post()
  @Operation({
    summary: 'Takes in 1 to 1,000 events; a bad one is refused by itself',
    access: 'events:write',
    answer: EventsAnswer,
    status: 202,
  })
  @DocumentedBody(EventsCall)
  takeIn(@Caller() caller: Principal, @JsonBody() body: unknown): Promise<EventsAnswer> {
    return this.events.takeIn(caller, body);
  }
}
