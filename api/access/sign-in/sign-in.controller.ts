import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { html, sendPage, smallPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import type { ApiRequest } from '../../http/caller/principal.ts';
import { SignInService } from './sign-in.service.ts';

/** `/sign-in/{token}`: opening it changes nothing, the button uses the link up. */
@ApiExcludeController()
@Controller('sign-in')
export class SignInController {
  constructor(private readonly links: SignInService) {}

  @Get(':token')
  @Operation({ summary: 'Offers to sign in', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const link = await this.links.find(token, 'signIn');
    if (link) sendPage(reply, offer(link.name), { referrer: 'same-origin' });
    else sendPage(reply, used(), { status: 404 });
  }

  @Post(':token')
  @Operation({ summary: 'Signs in', access: 'public', produces: 'text/html' })
  async use(@Param('token') token: string, @Req() request: ApiRequest, @Res() reply: FastifyReply): Promise<void> {
    const isSignedIn = await this.links.signIn(token, request, reply);
    if (isSignedIn) void reply.status(303).headers({ Location: '/', 'Cache-Control': 'no-store' }).send('');
    else sendPage(reply, used(), { status: 404 });
  }
}

function offer(name: string | null) {
  return smallPage({
    title: 'Sign in',
    heading: html`Sign in as ${name}?`,
    lead: 'The link works once. Set a password under Admin afterwards, and you need no link next time.',
    more: html`<form method="post" class="cols"><button class="go">Sign in</button></form>`,
  });
}

function used() {
  return smallPage({
    title: 'Link used up',
    heading: 'This link cannot sign you in',
    lead: html`It was used before, is too old, or is not complete. Ask an admin of your workspace for another one, or
      <a href="/sign-in">sign in with your password</a>.`,
  });
}
