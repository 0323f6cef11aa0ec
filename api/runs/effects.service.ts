import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { type AddressObject, simpleParser } from 'mailparser';
import type { Effect, EffectMail, EffectQuery, Resolution } from '../../contracts/runs/effects-api.schema.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findEffect, listEffects, lockEffect, resolveEffect } from '../../platform/db/views/runs/effects-list.ts';
import { readRun } from '../../platform/db/runs/turns.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { effectOf, isForOneMember } from './effect-view.ts';
import { beforeId, type Page, pageById } from '../http/request/paging.ts';
import { OBJECTS } from '../http/parts.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
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
  async message(caller: Principal, id: string): Promise<Buffer | Readable> {
    const { content, isOfLearner } = await this.open(caller, id);
    if (isOfLearner) throw personal('The link in this mail is for its reader alone; the mail is shown without it');
    return content;
  }

  /** The mail as its reader sees it, a learner's without their link; as `message`. */
  async mail(caller: Principal, id: string): Promise<EffectMail> {
    const { content, isOfLearner } = await this.open(caller, id);
    const { subject = '', text = '', from, to } = await simpleParser(content);
    const addressOf = (field: AddressObject | AddressObject[] | undefined): string => [field].flat()[0]?.text ?? '';
    const shown = isOfLearner ? text.replace(ownLink, '$1…') : text;
    return { from: addressOf(from), to: addressOf(to), subject, text: shown };
  }

  private async open(caller: Principal, id: string): Promise<{ content: Buffer | Readable; isOfLearner: boolean }> {
    const { effect, isOfLearner } = await this.store.inWorkspace(caller, async (tx) => {
      const found = await findEffect(tx, caller.workspaceId, id);
      const run = found && (await readRun(tx, caller.workspaceId, found.run_id));
      return { effect: found, isOfLearner: run?.kind === 'enrollment' };
    });
    if (!effect) throw notFound('effect');
    if (isForOneMember(effect)) throw personal('The link in this mail is for one person alone');
    if (effect.frozen) return { content: effect.frozen, isOfLearner };
    if (effect.frozen_size === null) throw notFound('message');
    const file = effect.frozen_key === null ? null : await this.objects.open(effect.frozen_key);
    if (!file) throw new AppError(410, 'message.deleted', { detail: 'The mail is not kept any more' });
    return { content: file.content, isOfLearner };
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
const ownLink = /(\/e\/)[\w.~-]+/g;

function personal(detail: string): AppError {
  return new AppError(403, 'effect.personal', { detail });
}
