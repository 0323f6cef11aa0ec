import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Effect, EffectQuery, Resolution } from '../../contracts/runs/effects-api.schema.ts';
import { Id, pageOf } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { EffectsService } from './effects.service.ts';

/** `/v1/effects`. */
@ApiTags('Effects')
@Controller('v1/effects')
export class EffectsController {
  constructor(private readonly effects: EffectsService) {}

  @Get()
  @Operation({
    summary: 'Lists effects that are unknown, refused or deferred, newest first',
    access: 'effects:read',
    answer: pageOf(Effect),
  })
  list(@Caller() caller: Principal, @Query({ schema: EffectQuery }) query: EffectQuery): Promise<Page<Effect>> {
    return this.effects.list(caller, query);
  }

  @Get(':id/message')
  @Operation({
    summary: 'Downloads the mail that an effect sent, as long as it is kept',
    access: 'effects:resolve',
    produces: 'message/rfc822',
  })
  async message(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const content = await this.effects.message(caller, id);
    void reply
      .headers({
        'Content-Type': 'message/rfc822',
        'Content-Disposition': `attachment; filename="${id}.eml"`,
        'Content-Security-Policy': "sandbox; default-src 'none'",
        'Cache-Control': 'private, no-store',
      })
      .send(content);
  }

  @Post(':id/resolutions')
  @Operation({
    summary: 'Records whether an effect with an unknown outcome has happened',
    access: 'effects:resolve',
    answer: Effect,
    idempotent: true,
  })
  resolve(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Resolution }) resolution: Resolution,
  ): Promise<Effect> {
    return this.effects.resolve(caller, id, resolution);
  }
}
