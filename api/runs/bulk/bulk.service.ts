import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../contracts/core/json.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import {
  BulkKind,
  BulkState,
  type BulkOperation,
  type BulkQuery,
  type BulkRefusal,
  type BulkRequest,
} from '../../../contracts/runs/bulk-api.schema.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import {
  type BulkRow,
  cancelBulk,
  findBulk,
  insertBulk,
  listBulk,
  listRefusals,
  pauseBulk,
  rateOf,
} from '../../../platform/db/bulk/bulk-operations.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { slugsOfJourneys } from '../../../platform/db/journeys/journeys.ts';
import { countRuns } from '../../../platform/db/views/runs/count-runs.ts';
import { auditActor, type Principal, requesterOf, requireRight } from '../../http/caller/principal.ts';
import { conflict, notFound } from '../../http/errors/app-error.ts';
import { beforeId, type Page, pageBy } from '../../http/request/paging.ts';
import { Store } from '../../http/store.ts';
import { filterOf } from '../runs.service.ts';

/** Starts operations on many runs, shows how far they are, and ends them. */
@Injectable()
export class BulkService {
  constructor(private readonly store: Store) {}

  async start(caller: Principal, { kind, runs, reason }: BulkRequest): Promise<BulkOperation> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await insertBulk(tx, {
        workspaceId: caller.workspaceId,
        kind,
        reason,
        selection: runs as unknown as JsonObject,
        subjectId: null,
        actor: caller.actor,
        requestedBy: requesterOf(caller),
        total: 'ids' in runs ? new Set(runs.ids).size : await this.count(tx, caller, runs.filter),
      });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'bulk.started',
        subject: { kind: 'bulk', id: row.id },
        detail: { kind, reason, total: row.total },
      });
      return this.shown(tx, row);
    });
  }

  async list(caller: Principal, query: BulkQuery): Promise<Page<BulkOperation>> {
    const { state = null, kind = null, journey = null, limit } = query;
    return this.store.inWorkspace(caller, async (tx) => {
      const page = { workspaceId: caller.workspaceId, state, kind, journey, before: beforeId(query.cursor), limit };
      const rows = await listBulk(tx, page);
      const slugs = await slugsOf(tx, rows);
      return pageBy(
        rows,
        limit,
        ({ id }) => id,
        (row) => operationOf(row, slugs),
      );
    });
  }

  async show(caller: Principal, id: string): Promise<BulkOperation> {
    return this.store.inWorkspace(caller, async (tx) => this.shown(tx, await this.find(tx, caller, id)));
  }

  async refusals(caller: Principal, id: string, query: PageQuery): Promise<Page<BulkRefusal>> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      await this.find(tx, caller, id);
      const page = { workspaceId, bulkId: id, before: beforeId(query.cursor), limit: query.limit };
      const rows = await listRefusals(tx, page);
      return pageBy(
        rows,
        query.limit,
        (row) => row.run_id,
        ({ run_id: runId, title, code, message }) => ({ runId, title, code, message }),
      );
    });
  }

  /** Repeatable: one that has ended stays as it is. @throws AppError 409 for one that must reach all, as the journey itself has changed */
  async cancel(caller: Principal, id: string): Promise<BulkOperation> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { kind, state } = await this.findOwn(tx, caller, id);
      if (kind === 'switch' && state === 'running')
        throw conflict(
          'bulk.followsJourney',
          'Its people follow the journey: pause, resume or stop the journey instead',
        );
      if (await cancelBulk(tx, { workspaceId: caller.workspaceId, id })) await this.note(tx, caller, 'cancelled', id);
      return this.shown(tx, await this.find(tx, caller, id));
    });
  }

  /** Repeatable, as `cancel`. @throws AppError 409 for one that is no entry of many people */
  async pause(caller: Principal, id: string, isPaused: boolean): Promise<BulkOperation> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { kind } = await this.findOwn(tx, caller, id);
      if (kind !== 'enterMany')
        throw conflict('bulk.notPausable', 'Only an entry of many people can be paused; this can be ended');
      if (await pauseBulk(tx, { workspaceId: caller.workspaceId, id }, isPaused))
        await this.note(tx, caller, isPaused ? 'paused' : 'resumed', id);
      return this.shown(tx, await this.find(tx, caller, id));
    });
  }

  private async note(tx: Tx, caller: Principal, what: 'paused' | 'resumed' | 'cancelled', id: string): Promise<void> {
    const subject = { kind: 'bulk', id };
    await recordAudit(tx, { ...auditActor(caller), act: `bulk.${what}`, subject, detail: {} });
  }

  /** One that the caller may change: who may let people into a journey may stop that, too. @throws AppError 403, 404 */
  private async findOwn(tx: Tx, caller: Principal, id: string): Promise<BulkRow> {
    const row = await this.find(tx, caller, id);
    if (row.kind !== 'enterMany' || !caller.permissions.has('journeys:publish')) requireRight(caller, 'runs:operate');
    return row;
  }

  private async count(tx: Tx, caller: Principal, filter: Parameters<typeof filterOf>[1]): Promise<number> {
    const counted = await countRuns(tx, filterOf(caller, filter));
    return counted.reduce((sum, { count }) => sum + count, 0);
  }

  private async find(tx: Tx, caller: Principal, id: string): Promise<BulkRow> {
    const row = await findBulk(tx, caller.workspaceId, id);
    if (!row) throw notFound('bulkOperation');
    return row;
  }

  private async shown(tx: Tx, row: BulkRow): Promise<BulkOperation> {
    return operationOf(row, await slugsOf(tx, [row]));
  }
}

function slugsOf(tx: Tx, rows: readonly BulkRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = rows.flatMap(({ subject_id: id }) => (id === null ? [] : [id]));
  return slugsOfJourneys(tx, rows[0]?.workspace_id ?? '', ids);
}

function operationOf(row: BulkRow, slugs: ReadonlyMap<string, string>): BulkOperation {
  const version = row.selection['version'];
  return {
    id: row.id,
    kind: BulkKind.parse(row.kind),
    reason: row.reason,
    state: BulkState.parse(row.state),
    journey: row.subject_id === null ? null : (slugs.get(row.subject_id) ?? null),
    version: typeof version === 'number' ? version : null,
    total: row.total,
    done: row.done,
    refused: row.refused,
    reasons: row.reasons,
    rate: rateOf(row),
    by: row.actor.name,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
