import { Injectable } from '@nestjs/common';
import type { Effect, EffectQuery, Resolution } from '../../contracts/api/effects.schema.ts';
import { recordAudit } from '../../platform/db/audit.ts';
import { listEffects, lockEffect, resolveEffect } from '../../platform/db/effects-list.ts';
import { conflict, notFound } from '../http/app-error.ts';
import { effectOf } from '../http/effect-view.ts';
import { beforeId, type Page, pageById } from '../http/paging.ts';
import { auditActor, type Principal } from '../http/principal.ts';
import { Store } from '../http/store.ts';

/** Lists effects and records what people found out about those of unknown end. Nothing is sent again by it. */
@Injectable()
export class EffectsService {
  constructor(private readonly store: Store) {}

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

  async resolve(caller: Principal, id: string, found: Resolution): Promise<Effect> {
    return this.store.inWorkspace(caller, async (tx) => {
      const effect = await lockEffect(tx, caller.workspaceId, id);
      if (!effect) throw notFound('effect');
      if (effect.state !== 'unknown') {
        throw conflict('effect.notUnknown', 'Only an effect of unknown end can be resolved', { state: effect.state });
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
