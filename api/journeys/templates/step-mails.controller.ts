import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { StepMailOf } from '../../../contracts/journeys/templates-api.schema.ts';
import { journeyRoutes } from '../../../contracts/journeys/journeys.routes.ts';
import type { MailView, TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import { sendMailPage } from './send-mail-page.ts';
import { StepMailsService } from './step-mails.service.ts';

/** `/v1/journeys/{slug}/steps/{step}/mail`. */
@ApiTags('Journeys')
@Controller()
export class StepMailsController {
  constructor(private readonly mails: StepMailsService) {}

  @Route(journeyRoutes.stepMail)
  show(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('step') step: string,
    @Query() of: StepMailOf,
  ): Promise<MailView> {
    return this.mails.show(caller, { slug, step }, of);
  }

  @Route(journeyRoutes.stepMailPage)
  async page(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('step') step: string,
    @Query() of: StepMailOf,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendMailPage(reply, (await this.mails.show(caller, { slug, step }, of)).html);
  }

  @Route(journeyRoutes.testStepMail)
  test(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('step') step: string,
    @Body() of: StepMailOf,
  ): Promise<TestMailAsked> {
    return this.mails.test(caller, { slug, step }, of);
  }
}
