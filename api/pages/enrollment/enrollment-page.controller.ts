import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { AppError } from '../../http/errors/app-error.ts';
import { sendPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import { enrollmentPage, takenPage, unknownPage, withdrawPage } from './enrollment-page.ts';
import { EnrollmentPageService } from './enrollment-page.service.ts';

/** `/e/{token}`: the learner's own page. GET shows, as mail scanners open every link; a form of the page is what changes something. */
@ApiExcludeController()
@Controller('e')
export class EnrollmentPageController {
  constructor(private readonly pages: EnrollmentPageService) {}

  @Get(':token')
  @Operation({
    summary: 'Shows an enrollment to its learner; changes nothing',
    access: 'public',
    produces: 'text/html',
  })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await orUnknown(reply, async () => sendPage(reply, enrollmentPage(await this.pages.view(token), `/e/${token}`)));
  }

  @Get(':token/withdraw')
  @Operation({
    summary: 'Shows what a withdrawal would bring back; changes nothing',
    access: 'public',
    produces: 'text/html',
  })
  async quote(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await orUnknown(reply, async () => sendPage(reply, withdrawPage(await this.pages.view(token), `/e/${token}`)));
  }

  @Post(':token')
  @Operation({ summary: 'Answers an offer, withdraws, or stays', access: 'public', produces: 'text/html' })
  async act(
    @Param('token') token: string,
    @Body() form: unknown,
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await orUnknown(reply, async () => {
      const problem = await this.pages.act(token, form, request.id);
      const view = await this.pages.view(token);
      if (problem === null) sendPage(reply, takenPage(view, `/e/${token}`));
      else sendPage(reply, enrollmentPage(view, `/e/${token}`, problem), { status: 409 });
    });
  }
}

async function orUnknown(reply: FastifyReply, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 404) throw error;
    sendPage(reply, unknownPage(), { status: 404 });
  }
}
