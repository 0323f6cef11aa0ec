import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Effect, EffectMail, EffectQuery, Resolution } from '../../contracts/runs/effects-api.schema.ts';
import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import { effectRoutes } from '../../contracts/runs/effects.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { EffectsService } from './effects.service.ts';

/** `/v1/effects`. */
@ApiTags('Effects')
@Controller()
export class EffectsController {
  constructor(private readonly effects: EffectsService) {}

  @Route(effectRoutes.list)
  list(@Caller() caller: Principal, @Query() query: EffectQuery): Promise<Page<Effect>> {
    return this.effects.list(caller, query);
  }

  @Route(effectRoutes.message)
  async message(@Caller() caller: Principal, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
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

  @Route(effectRoutes.mail)
  mail(@Caller() caller: Principal, @Param('id') id: string): Promise<EffectMail> {
    return this.effects.mail(caller, id);
  }

  @Route(effectRoutes.test)
  test(@Caller() caller: Principal, @Param('id') id: string): Promise<TestMailAsked> {
    return this.effects.test(caller, id);
  }

  @Route(effectRoutes.resolve)
  resolve(@Caller() caller: Principal, @Param('id') id: string, @Body() resolution: Resolution): Promise<Effect> {
    return this.effects.resolve(caller, id, resolution);
  }
}
