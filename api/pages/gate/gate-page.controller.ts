import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../http/errors/app-error.ts';
import { html, type Markup, sendPage, smallPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { gatePage } from './gate-page.ts';
import { GatePageService } from './gate-page.service.ts';

/**
 * `/g/{token}`: the page behind a mail's link. GET and HEAD only render, since mail scanners open every link; a decision is
 * a POST of the form. The token is the right to decide, so no cookie and no origin is asked for.
 */
@ApiExcludeController()
@Controller('g')
export class GatePageController {
  constructor(private readonly pages: GatePageService) {}

  @Get(':token')
  @Operation({ summary: 'Shows an approval; decides nothing', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await withNotFound(reply, async () => sendPage(reply, gatePage(await this.pages.view(token))));
  }

  @Post(':token')
  @Operation({ summary: 'Decides an approval', access: 'public', produces: 'text/html' })
  async decide(
    @Param('token') token: string,
    @Body() form: unknown,
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await withNotFound(reply, async () => {
      const decided = await this.pages.decide(token, form, request.id);
      sendPage(reply, gatePage(decided.page), { status: decided.status });
    });
  }
}

async function withNotFound(reply: FastifyReply, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 404) throw error;
    sendPage(reply, unknownLink(), { status: 404 });
  }
}

function unknownLink(): Markup {
  return smallPage({
    title: 'Unknown link',
    heading: 'This link is not known here',
    lead: html`A mail program may have cut it in two. Copy the whole address, or
      <a href="/inbox">sign in to see what waits for you</a>.`,
  });
}
