import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { sendPage, smallPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';

/** `/paid`: where a learner returns after a checkout. It knows no one and changes nothing; the webhook reports the payment. */
@ApiExcludeController()
@Controller()
export class PaidPageController {
  @Get('paid')
  @Operation({ summary: 'Thanks for a payment', access: 'public', produces: 'text/html' })
  show(@Res() reply: FastifyReply): void {
    sendPage(reply, thanks);
  }
}

const thanks = smallPage({
  title: 'Thank you',
  heading: 'Thank you, you are done here',
  lead: 'As soon as the payment has arrived, your seat is confirmed and you get a mail.',
});
