import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Setup } from '../../../contracts/access/session-api.schema.ts';
import { html, type Markup, page, sendPage, smallPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { SignInService } from '../../access/sign-in/sign-in.service.ts';

/** `/setup/{token}`: makes the first workspace with its admin, once in the life of an installation. */
@ApiExcludeController()
@Controller('setup')
export class SetupController {
  constructor(private readonly links: SignInService) {}

  @Get(':token')
  @Operation({ summary: 'Shows the set-up form', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const link = await this.links.find(token, 'setup');
    if (link) sendPage(reply, setupPage({ said: {}, problem: null }), { referrer: 'same-origin' });
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
      sendForm(reply, 422, { said: saidIn(form), problem: problemOf(read.error) });
      return;
    }
    const result = await this.links.setUp(token, read.data, request, reply);
    switch (result) {
      case 'done':
        void reply.status(303).headers({ Location: '/', 'Cache-Control': 'no-store' }).send('');
        return;
      case 'taken':
        sendForm(reply, 409, { said: saidIn(form), problem: { field: null, words: taken } });
        return;
      case 'closed':
        sendPage(reply, closedPage(), { status: 409 });
    }
  }
}

function sendForm(reply: FastifyReply, status: number, state: FormState): void {
  sendPage(reply, setupPage(state), { status, referrer: 'same-origin' });
}

const fields = [
  {
    name: 'workspaceName',
    label: 'Workspace',
    hint: 'as its people call it',
    bad: 'Give the workspace a name of at most 100 characters',
    attributes: html`type="text" maxlength="100" autocomplete="organization"`,
  },
  {
    name: 'workspaceSlug',
    label: 'Its short name',
    hint: 'lower-case letters, digits and dashes',
    bad: 'The short name takes lower-case letters, digits and dashes, at most 63',
    attributes: html`type="text" maxlength="63" pattern="[a-z0-9][a-z0-9\\-]*" autocapitalize="none" spellcheck="false"
    autocomplete="off"`,
  },
  {
    name: 'name',
    label: 'Your name',
    hint: '',
    bad: 'Give your name, at most 100 characters',
    attributes: html`type="text" maxlength="100" autocomplete="name"`,
  },
  {
    name: 'email',
    label: 'Your email',
    hint: '',
    bad: 'This is not a whole email address',
    attributes: html`type="email" maxlength="254" autocomplete="username"`,
  },
  {
    name: 'password',
    label: 'A password',
    hint: '12 to 200 characters; a sentence is fine',
    bad: 'The password needs 12 to 200 characters',
    attributes: html`type="password" minlength="12" maxlength="200" autocomplete="new-password"`,
  },
] as const;

type Field = (typeof fields)[number];
/** What the person had filled in, and what is wrong with it. */
type FormState = { said: Record<string, unknown>; problem: { field: string | null; words: string } | null };

const taken = 'A workspace with this short name or a person with this email is here already; choose another one';

function saidIn(form: unknown): Record<string, unknown> {
  return { ...Object(form) } as Record<string, unknown>;
}

function problemOf({ issues: [issue] }: z.ZodError): FormState['problem'] {
  const field = fields.find(({ name }) => name === issue?.path[0]);
  return { field: field?.name ?? null, words: field?.bad ?? 'The form is not complete' };
}

function setupPage({ said, problem }: FormState): Markup {
  return page({
    title: 'Set up',
    isSmall: true,
    body: html`<div class="in cols two">
      <div>
        <div class="meta"></div>
        <h1>Set up Throughline</h1>
        <p class="lead">
          Nobody has an account here yet. You make the first workspace and become its admin; everyone else is invited by
          you. Then this page closes for good.
        </p>
      </div>
      <form method="post">
        ${problem && html`<p class="error" role="alert">${problem.words}.</p>`}
        ${fields.map((field) => input(field, said[field.name], problem?.field === field.name))}
        <button class="go">Set up and sign in</button>
      </form>
    </div>`,
  });
}

function input({ name, label, hint, attributes }: Field, said: unknown, isBad: boolean): Markup {
  // A password is never sent back.
  const value = typeof said === 'string' && name !== 'password' ? said : '';
  return html`<label class="f"
    ><div>${label} <span>${hint}</span></div>
    <input class="t" name="${name}" value="${value}" required ${attributes}${isBad && html` aria-invalid="true"`}
  /></label>`;
}

function closedPage(): Markup {
  return smallPage({
    title: 'Set-up is closed',
    heading: 'This link sets nothing up',
    lead: html`It was used before, is too old, or this installation has its admin already. If you have an account here,
      <a href="/sign-in">sign in</a>.`,
  });
}
