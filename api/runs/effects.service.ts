import { buffer } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { type AddressObject, simpleParser } from 'mailparser';
import type { Effect, EffectMail, EffectQuery, Resolution } from '../../contracts/runs/effects-api.schema.ts';
import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findEffect, listEffects, lockEffect, resolveEffect } from '../../platform/db/views/runs/effects-list.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { effectOf, isForOneMember } from './effect-view.ts';
import { beforeId, type Page, pageById } from '../http/request/paging.ts';
import { OBJECTS } from '../http/parts.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { sendTest } from '../http/test-mail.ts';
import { Store } from '../http/store.ts';

/** Lists effects and records what people found out about those of unknown end. It sends nothing again. */
@Injectable()
export class EffectsService {
  constructor(
    private readonly store: Store,
    @Inject(OBJECTS) private readonly objects: ObjectStore,
  ) {}

  async list(caller: Principal, query: EffectQuery): Promise<Page<Effect>> {
    const page = {
      workspaceId: caller.workspaceId,
      state: query.state,
      before: beforeId(query.cursor),
      limit: query.limit,
    };
    const rows = await this.store.inWorkspace(caller, (tx) => listEffects(tx, page));
    return pageById(rows, query.limit, effectOf);
  }

  /**
   * The mail as it was handed over, from the effect's row until it is settled and from the object store after that. A mail that asks a
   * member for a decision is not shown: its link decides in that member's name. Nor are the bytes of a learner's mail, whose link is theirs.
   */
  async message(caller: Principal, id: string): Promise<Buffer> {
    const bytes = await this.open(caller, id);
    const { text = '', html } = await simpleParser(bytes);
    if (`${text} ${html || ''}`.search(ownLink) >= 0)
      throw personal('The link in this mail is for its reader alone; the mail is shown without it');
    return bytes;
  }

  /** The mail as its reader sees it, without the link that is theirs; as `message`. */
  async mail(caller: Principal, id: string): Promise<EffectMail> {
    const { subject = '', text = '', from, to } = await simpleParser(await this.open(caller, id));
    const addressOf = (field: AddressObject | AddressObject[] | undefined): string => [field].flat()[0]?.text ?? '';
    return { from: addressOf(from), to: addressOf(to), subject, text: text.replace(ownLink, '$1…') };
  }

  /** Sends the mail to the caller's own address as a test; as `mail`. */
  async test(caller: Principal, id: string): Promise<TestMailAsked> {
    const { subject = '', html, textAsHtml = '' } = await simpleParser(await this.open(caller, id));
    const mail = { subject, html: html || textAsHtml };
    return this.store.inWorkspace(caller, (tx) => sendTest(tx, caller, mail, { subject: { kind: 'effect', id } }));
  }

  private async open(caller: Principal, id: string): Promise<Buffer> {
    const effect = await this.store.inWorkspace(caller, (tx) => findEffect(tx, caller.workspaceId, id));
    if (!effect) throw notFound('effect');
    if (isForOneMember(effect)) throw personal('The link in this mail is for one person alone');
    if (effect.frozen) return effect.frozen;
    if (effect.frozen_size === null) throw notFound('message');
    const file = effect.frozen_key === null ? null : await this.objects.open(effect.frozen_key);
    if (!file) throw new AppError(410, 'message.deleted', { detail: 'The mail is not kept any more' });
    return buffer(file.content);
  }

  async resolve(caller: Principal, id: string, found: Resolution): Promise<Effect> {
    return this.store.inWorkspace(caller, async (tx) => {
      const effect = await lockEffect(tx, caller.workspaceId, id);
      if (!effect) throw notFound('effect');
      if (effect.state !== 'unknown') {
        throw conflict('effect.notUnknown', 'Only an effect with an unknown outcome can be resolved', {
          state: effect.state,
        });
      }
      const resolution = { ...found, by: caller.actor.name, at: new Date().toISOString() };
      const resolved = await resolveEffect(tx, effect, resolution);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'effect.resolved',
        subject: { kind: 'effect', id },
        detail: { ...found, runId: effect.run_id, step: effect.step },
      });
      return effectOf(resolved);
    });
  }
}

/** The address of a learner's own page, which acts in their name. */
const ownLink = /(\/e\/)[\w-]+\.[\w-]+/g;

function personal(detail: string): AppError {
  return new AppError(403, 'effect.personal', { detail });
}
