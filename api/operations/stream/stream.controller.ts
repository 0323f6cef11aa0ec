import { Controller, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { StreamQuery } from '../../../contracts/operations/stream-api.schema.ts';
import { streamRoutes } from '../../../contracts/operations/stream.routes.ts';
import { Query, Route } from '../../http/route.ts';
import { type ApiRequest, Caller, type Principal } from '../../http/caller/principal.ts';
import { StreamService } from './stream.service.ts';

/** `/v1/stream`. */
@ApiTags('Stream')
@Controller()
export class StreamController {
  constructor(private readonly streams: StreamService) {}

  @Route(streamRoutes.stream)
  stream(
    @Caller() caller: Principal,
    @Query() query: StreamQuery,
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streams.stream(caller, query, request, reply);
  }
}
