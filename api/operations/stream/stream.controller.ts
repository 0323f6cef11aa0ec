import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { StreamQuery } from '../../../contracts/operations/stream-api.schema.ts';
import { Operation } from '../../http/operation.ts';
import { type ApiRequest, Caller, type Principal } from '../../http/caller/principal.ts';
import { StreamService } from './stream.service.ts';

/** `/v1/stream`. */
@ApiTags('Stream')
@Controller('v1/stream')
export class StreamController {
  constructor(private readonly streams: StreamService) {}

  @Get()
  @Operation({
    summary: 'Sends changes as server-sent events `{ topic, id, rev }`, continuing after `Last-Event-ID`',
    access: 'signedIn',
    produces: 'text/event-stream',
  })
  stream(
    @Caller() caller: Principal,
    @Query({ schema: StreamQuery }) query: StreamQuery,
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streams.stream(caller, query, request, reply);
  }
}
