import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { KeySource } from '../../../platform/db/keys/master-keys.ts';
import {
  resubscribe,
  type Subscription,
  subscriptionOf,
  unsubscribe,
} from '../../../platform/db/contacts/contact-preferences.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import { readUnsubscribeToken } from '../../../platform/unsubscribe.ts';
import { html, type Markup, sendPage, smallPage } from '../../http/html.ts';
import { Operation } from '../../http/operation.ts';
import { KEYS } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';

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
    @Inject(KEYS) private readonly keys: KeySource,
  ) {}

  @Get(':token')
  @Operation({ summary: 'Shows a subscription; changes nothing', access: 'public', produces: 'text/html' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(token, reply, 'show');
  }

  @Post(':token')
  @Operation({ summary: 'Unsubscribes', access: 'public', produces: 'text/html' })
  async act(@Param('token') token: string, @Body() form: unknown, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(token, reply, Resubscribe.safeParse(form).success ? 'resubscribe' : 'unsubscribe');
  }

  private async answer(token: string, reply: FastifyReply, act: Act): Promise<void> {
    const keys = await this.keys();
    const target = readUnsubscribeToken(keys, token);
    if (!target) {
      sendPage(reply, brokenPage(), { status: 404 });
      return;
    }
    const view = await this.store.inWorkspace(target, async (tx) => ({
      subscription: await acts[act](tx, keys, target),
      workspace: await findWorkspace(tx, target.workspaceId),
    }));
    sendPage(reply, preferencePage(view.subscription, act, view.workspace?.name));
  }
}

const acts = { show: subscriptionOf, unsubscribe, resubscribe };
type Act = keyof typeof acts;

function preferencePage(subscription: Subscription, act: Act, workspace?: string): Markup {
  const [title, lead] = wordsOf(subscription, act, workspace ?? 'us');
  const isIn = subscription === 'subscribed';
  return smallPage({
    title,
    ...(workspace === undefined ? {} : { workspace }),
    heading: title,
    lead,
    more:
      subscription !== 'unknown' &&
      html`<form method="post" class="cols">
        <input type="hidden" name="act" value="${isIn ? 'unsubscribe' : 'resubscribe'}" />
        <button class="go ${act !== 'show' && 'quiet'}">${isIn ? 'Unsubscribe' : 'Subscribe again'}</button>
      </form>`,
  });
}

function wordsOf(subscription: Subscription, act: Act, sender: string): [title: string, lead: string] {
  switch (subscription) {
    case 'subscribed':
      return act === 'resubscribe'
        ? ['You get these mails again', `From now on ${sender} may write to you as before.`]
        : ['Stop these mails?', `They come from ${sender}. Opening this page has changed nothing.`];
    case 'unsubscribed':
      return [
        'You get no more of these mails',
        `It took effect at once. Mails from ${sender} about what you bought or booked may still come.`,
      ];
    case 'unknown':
      // Who was erased and came again is another person here, of whose address this link knows nothing.
      return [
        'This link stops nothing any more',
        `${sender} has erased whom this mail went to. If mails come again, use the link in the newest one.`,
      ];
  }
}

function brokenPage(): Markup {
  return smallPage({
    title: 'Unknown link',
    heading: 'This link is not complete',
    lead: 'A mail program may have cut it in two. Copy the whole address from the mail.',
  });
}
