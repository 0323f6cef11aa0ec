import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Config } from '../../platform/config.ts';
import { resubscribe, type Subscription, subscriptionOf, unsubscribe } from '../../platform/db/contact-preferences.ts';
import { readUnsubscribeToken, type UnsubscribeTarget } from '../../platform/unsubscribe.ts';
import { html, type Markup, page, sendPage } from '../http/html.ts';
import { Operation } from '../http/operation.ts';
import { CONFIG } from '../http/parts.ts';
import { Store } from '../http/store.ts';

/** The page's own button for coming back; anything else that is posted, a mail program's one click too, unsubscribes. */
const Resubscribe = z.object({ act: z.literal('resubscribe') });

/**
 * `/u/{token}` of RFC 8058: GET shows, POST unsubscribes at once, without cookie, redirect or question. Mail scanners GET
 * links, so GET changes nothing.
 */
@ApiExcludeController()
@Controller('u')
export class UnsubscribeController {
  constructor(
    private readonly store: Store,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get(':token')
  @Operation({ summary: 'Shows a subscription; changes nothing', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(token, reply, (target) =>
      this.store.inWorkspace(target, (tx) => subscriptionOf(tx, this.config.THROUGHLINE_KEY, target)),
    );
  }

  @Post(':token')
  @Operation({ summary: 'Unsubscribes', access: 'public', produces: 'text/html' })
  async act(@Param('token') token: string, @Body() form: unknown, @Res() reply: FastifyReply): Promise<void> {
    const change = Resubscribe.safeParse(form).success ? resubscribe : unsubscribe;
    await this.answer(token, reply, (target) =>
      this.store.inWorkspace(target, (tx) => change(tx, this.config.THROUGHLINE_KEY, target)),
    );
  }

  private async answer(
    token: string,
    reply: FastifyReply,
    work: (target: UnsubscribeTarget) => Promise<Subscription>,
  ): Promise<void> {
    const target = readUnsubscribeToken(this.config.THROUGHLINE_KEY, token);
    if (target) sendPage(reply, preferencePage(await work(target)));
    else sendPage(reply, brokenPage(), { status: 404 });
  }
}

function preferencePage(subscription: Subscription): Markup {
  const isIn = subscription === 'subscribed';
  return page({
    title: isIn ? 'Unsubscribe' : 'Unsubscribed',
    body: html`<div class="in narrow">
      <div class="meta"></div>
      <h1>${isIn ? 'Stop these mails?' : 'You get no more of these mails'}</h1>
      <p class="lead">
        ${isIn ? 'Opening this page has changed nothing.' : 'It took effect at once. Mails about what you bought or booked may still come.'}
      </p>
      ${
        subscription !== 'unknown' &&
        html`<form method="post" class="cols">
          <input type="hidden" name="act" value="${isIn ? 'unsubscribe' : 'resubscribe'}" />
          <button class="go ${!isIn && 'quiet'}">${isIn ? 'Unsubscribe' : 'Subscribe again'}</button>
        </form>`
      }
    </div>`,
  });
}

function brokenPage(): Markup {
  return page({
    title: 'Unknown link',
    body: html`<div class="in narrow">
      <div class="meta"></div>
      <h1>This link is not complete</h1>
      <p class="lead">A mail program may have cut it in two. Copy the whole address from the mail.</p>
    </div>`,
  });
}
