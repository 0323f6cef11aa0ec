import { Injectable } from '@nestjs/common';
import type { JourneyReason } from '../../contracts/journeys/journeys-api.schema.ts';
import type { MovePreview, StartedMove } from '../../contracts/runs/bulk-api.schema.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { cancelOfJourney, insertBulk } from '../../platform/db/bulk/bulk-operations.ts';
import { type MoveGroup, previewMove } from '../../platform/db/journeys/move-runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { findJourneyVersion, type JourneyVersionRow } from '../../platform/db/journeys/journey-versions.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { notFound } from '../http/errors/app-error.ts';
import { Store } from '../http/store.ts';
import { requireJourney } from './find-journey.ts';

/** Takes people to another version of their journey who have not come to what it changes. */
@Injectable()
export class MoveService {
  constructor(private readonly store: Store) {}

  async preview(caller: Principal, slug: string, number: number): Promise<MovePreview> {
    return this.store.inWorkspace(caller, async (tx) => {
      const groups = await previewMove(tx, await this.find(tx, caller, slug, number));
      return { version: number, moves: sum(groups, true), stays: sum(groups, false), groups };
    });
  }

  /**
   * The server sends it to them piece by piece, and each run moves, or stays, between two of its turns. A move that is under way ends: it must not
   * reach anybody after this one, which may take it back.
   */
  async move(caller: Principal, slug: string, number: number, { reason }: JourneyReason): Promise<StartedMove> {
    return this.store.inWorkspace(caller, async (tx) => {
      const target = await this.find(tx, caller, slug, number);
      await cancelOfJourney(tx, { workspaceId: caller.workspaceId, journeyId: target.journey_id, kind: 'move' });
      const groups = await previewMove(tx, target);
      const row = await insertBulk(tx, {
        workspaceId: caller.workspaceId,
        kind: 'move',
        reason,
        selection: { versionId: target.id, version: number },
        subjectId: target.journey_id,
        actor: caller.actor,
        requestedBy: requesterOf(caller),
        total: groups.reduce((all, { count }) => all + count, 0),
      });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'journey.moved',
        subject: { kind: 'journey', id: target.journey_id },
        detail: { slug, version: number, reason, bulkId: row.id },
      });
      return { id: row.id, total: row.total };
    });
  }

  private async find(tx: Tx, caller: Principal, slug: string, number: number): Promise<JourneyVersionRow> {
    const version = await findJourneyVersion(tx, await requireJourney(tx, caller, slug), number);
    if (!version) throw notFound('journeyVersion');
    return version;
  }
}

function sum(groups: readonly MoveGroup[], moves: boolean): number {
  return groups.filter(({ why }) => (why === null) === moves).reduce((all, { count }) => all + count, 0);
}
