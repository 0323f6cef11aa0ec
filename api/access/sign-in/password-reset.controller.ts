import { Body as Form, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type AskPasswordReset, NewPassword } from '../../../contracts/access/session-api.schema.ts';
import { sessionRoutes } from '../../../contracts/access/session.routes.ts';
import { html, type Markup, sendPage, smallPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import { Body, Route } from '../../http/route.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { PasswordResetService } from './password-reset.service.ts';
import { SignInService } from './sign-in.service.ts';

/** Asking for the mail, and `/reset-password/{token}`: opening it changes nothing, its form uses the link up. */
@ApiTags('Session')
@Controller()
export class PasswordResetController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly links: SignInService,
  ) {}

  @Route(sessionRoutes.askPasswordReset)
  ask(@Body() input: AskPasswordReset, @Req() request: ApiRequest): Promise<void> {
    return this.resets.ask(input, request);
  }

  @Get('reset-password/:token')
  @ApiExcludeEndpoint()
  @Operation({ summary: 'Offers to set a new password', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const link = await this.links.find(token, 'passwordReset');
    if (link) sendPage(reply, form(link.name, null), { referrer: 'same-origin' });
    else sendPage(reply, used(), { status: 404 });
  }

  @Post('reset-password/:token')
  @ApiExcludeEndpoint()
  @Operation({ summary: 'Sets a new password', access: 'public', produces: 'text/html' })
  async use(
    @Param('token') token: string,
    @Form() body: unknown,
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.find(token, 'passwordReset');
    if (!link) return sendPage(reply, used(), { status: 404 });
    const read = NewPassword.safeParse(body);
    if (!read.success) {
      const isGuessed = read.error.issues.some(({ code }) => code === 'custom');
      return sendPage(reply, form(link.name, isGuessed ? guessed : length), { status: 422, referrer: 'same-origin' });
    }
    if (await this.resets.redeem(token, read.data.password, request, reply))
      void reply.status(303).headers({ Location: '/', 'Cache-Control': 'no-store' }).send('');
    else sendPage(reply, used(), { status: 404 });
  }
}

const length = 'The password needs 12 to 200 characters';
const guessed = 'This password is guessed first; use words or characters that do not belong together';

function form(name: string | null, problem: string | null): Markup {
  return smallPage({
    title: 'Set a new password',
    heading: html`Set a new password for ${name}`,
    lead: 'It ends all your sessions, here and elsewhere, and signs you in.',
    more: html`<form method="post" class="cols">
      ${problem && html`<p class="error" role="alert">${problem}.</p>`}
      <label class="f"
        ><div>A new password <span>12 to 200 characters; a sentence is fine</span></div>
        <input
          class="t"
          name="password"
          type="password"
          minlength="12"
          maxlength="200"
          autocomplete="new-password"
          required
          ${problem && html`aria-invalid="true"`}
      /></label>
      <button class="go">Set it and sign in</button>
    </form>`,
  });
}

function used(): Markup {
  return smallPage({
    title: 'Link used up',
    heading: 'This link sets no password',
    lead: html`It was used before, is older than half an hour, or is not complete. Ask for another one where you
      <a href="/sign-in">sign in</a>.`,
  });
}
