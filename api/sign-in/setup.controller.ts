import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Setup } from '../../contracts/api/session.schema.ts';
import { html, type Markup, page, sendPage } from '../http/html.ts';
import { Operation } from '../http/operation.ts';
import type { ApiRequest } from '../http/principal.ts';
import { SignInService } from './sign-in.service.ts';

/** `/setup/{token}`: makes the first workspace with its admin, once in the life of an installation. */
@ApiExcludeController()
@Controller('setup')
export class SetupController {
  constructor(private readonly links: SignInService) {}

  @Get(':token')
  @Operation({ summary: 'Shows the set-up form', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const link = await this.links.find(token, 'setup');
    if (link) sendPage(reply, setupPage(null), { referrer: 'same-origin' });
    else sendPage(reply, closedPage(), { status: 404 });
  }

  @Post(':token')
  @Operation({ summary: 'Makes the first workspace and its admin', access: 'public', produces: 'text/html' })
  async use(
    @Param('token') token: string,
    @Body() form: unknown,
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const read = Setup.safeParse(form);
    if (!read.success) {
      const [issue] = read.error.issues;
      const problem = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not complete'}`;
      sendPage(reply, setupPage(problem), { status: 422, referrer: 'same-origin' });
      return;
    }
    const isDone = await this.links.setUp(token, read.data, request, reply);
    if (isDone) void reply.status(303).headers({ Location: '/', 'Cache-Control': 'no-store' }).send('');
    else sendPage(reply, closedPage(), { status: 409 });
  }
}

function setupPage(problem: string | null): Markup {
  return page({
    title: 'Set up Throughline',
    body: html`<div class="in narrow">
      <div class="meta"></div>
      <h1>Set up Throughline</h1>
      <p class="lead">The first workspace, and you as its admin.</p>
      <form method="post" class="cols">
        ${problem && html`<p class="error" role="alert">${problem}</p>`} ${field('workspaceName', 'Workspace', 'text')}
        ${field('workspaceSlug', 'Its short name', 'text', 'lower-case letters, digits and dashes')}
        ${field('name', 'Your name', 'text')} ${field('email', 'Your e-mail', 'email')}
        ${field('password', 'A password', 'password', 'at least 12 characters')}
        <button class="go">Set up and sign in</button>
      </form>
    </div>`,
  });
}

function field(name: string, label: string, type: string, hint = ''): Markup {
  return html`<label class="f"
    ><div>${label} <span>${hint}</span></div>
    <input class="t" type="${type}" name="${name}" required autocomplete="${autocomplete[name]}"
  /></label>`;
}

const autocomplete: Record<string, string> = {
  workspaceName: 'organization',
  workspaceSlug: 'off',
  name: 'name',
  email: 'email',
  password: 'new-password',
};

function closedPage(): Markup {
  return page({
    title: 'Set-up is closed',
    body: html`<div class="in narrow">
      <div class="meta"></div>
      <h1>This link sets nothing up</h1>
      <p class="lead">It was used before, is too old, or this installation has its admin already.</p>
    </div>`,
  });
}
