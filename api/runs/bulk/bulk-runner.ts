import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BulkKind, type BulkRunKind, BulkRuns } from '../../../contracts/runs/bulk-api.schema.ts';
import {
  advanceBulk,
  BulkEnded,
  type BulkRow,
  type BulkStep,
  rateOf,
  refuseBulk,
  releaseBulk,
  takeBulk,
} from '../../../platform/db/bulk/bulk-operations.ts';
import { enterMany } from '../../../platform/db/journeys/entries/enter-many.ts';
import { sendMoves } from '../../../platform/db/journeys/move-runs.ts';
import { switchNext } from '../../../platform/db/journeys/switch-runs.ts';
import type { Db } from '../../../platform/db/core/pool.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { enterNext } from '../../../platform/db/journeys/kept-entries.ts';
import { runIdsOf } from '../../../platform/db/views/runs/runs-list.ts';
import type { Logger } from '../../../platform/log.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { AppError } from '../../http/errors/app-error.ts';
import { LOG, SYSTEM_DB } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';
import { RunOperationsService } from '../run-operations.service.ts';
import { filterOf } from '../runs.service.ts';
import { paceOf } from './entry-pace.ts';

/** How soon an operation begins that was just asked for. */
const everyMs = 1_000;
/** Runs that one pass asks: some seconds, so that operations take turns and a lease outlasts its pass. */
const runsAPass = 100;
/** Pieces of an entry in one pass, whatever they come to: some seconds on a busy machine. */
const piecesAPass = 4;
/** How soon an entry that rests looks again: whether there is room for more, and whether its journey goes on. */
const restMs = { starts: 250, journey: 2_000 };
/** How soon an operation is tried again that failed. */
const againMs = 5_000;

/**
 * Carries out operations on many runs, a pass after the other, each run in a transaction with the progress: what a process that died has done is
 * neither lost nor done twice. Any process of the API takes up what another has left.
 */
@Injectable()
export class BulkRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopped = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly operations: RunOperationsService,
    @Inject(SYSTEM_DB) private readonly system: Db,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.work();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.loop;
  }

  private async work(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const worked = await this.pass().catch((error: unknown) => {
        this.log.warn({ err: error }, 'An operation on many runs is tried again');
        return false;
      });
      if (!worked) await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One pass over the operation that waits longest. @returns whether there was one */
  private async pass(): Promise<boolean> {
    const bulk = await takeBulk(this.system);
    if (!bulk) return false;
    try {
      const rest = await this.workOn(bulk);
      await this.inWorkspaceOf(bulk, (tx) => releaseBulk(tx, bulk, rest));
    } catch (error) {
      if (error instanceof BulkEnded) return true;
      await this.inWorkspaceOf(bulk, (tx) => releaseBulk(tx, bulk, againMs));
      throw error;
    }
    return true;
  }

  /** @returns for how long the operation rests then */
  private async workOn(bulk: BulkRow): Promise<number> {
    const kind = BulkKind.parse(bulk.kind);
    if (kind === 'enterMany') return this.enterMany(bulk);
    if (kind === 'enter') await this.inWorkspaceOf(bulk, (tx) => enterNext(tx, bulk));
    else if (kind === 'switch') await this.inWorkspaceOf(bulk, (tx) => switchNext(tx, bulk));
    else if (kind === 'move') await this.move(bulk);
    else await this.operate(bulk, kind);
    return 0;
  }

  /** As many people as enter at once, in some transactions. */
  private async enterMany(bulk: BulkRow): Promise<number> {
    const pace = paceOf(rateOf(bulk));
    let entered = 0;
    for (let piece = 0; piece < piecesAPass && entered < pace.most && !this.stopped.signal.aborted; piece += 1) {
      const came = await this.inWorkspaceOf(bulk, (tx) => enterMany(tx, bulk, pace.most - entered));
      if (came.kind === 'over') return 0;
      if (came.kind === 'rests') return Math.max(restMs[came.for], pace.restMs(entered));
      entered += came.count;
    }
    return pace.restMs(entered);
  }

  private async move(bulk: BulkRow): Promise<void> {
    await this.inWorkspaceOf(bulk, async (tx) => {
      const sent = await sendMoves(tx, bulk, String(bulk.selection['versionId']));
      const step = { cursor: sent?.cursor ?? null, done: sent?.count ?? 0, refused: 0, isOver: sent === null };
      await advance(tx, bulk, step);
    });
  }

  private async operate(bulk: BulkRow, kind: BulkRunKind): Promise<void> {
    const runs = BulkRuns.parse(bulk.selection);
    const filter = filterOf({ workspaceId: bulk.workspace_id }, 'filter' in runs ? runs.filter : {});
    const page = { ids: 'ids' in runs ? runs.ids : null, before: bulk.cursor, limit: runsAPass };
    const ids = await this.inWorkspaceOf(bulk, (tx) => runIdsOf(tx, filter, page));
    let at = bulk;
    for (const runId of ids) {
      if (this.stopped.signal.aborted) return;
      await this.ask(at, kind, runId);
      at = { ...at, cursor: runId };
    }
    if (ids.length < runsAPass)
      await this.inWorkspaceOf(bulk, (tx) => advance(tx, at, { cursor: null, done: 0, refused: 0, isOver: true }));
  }

  private async ask(bulk: BulkRow, kind: BulkRunKind, runId: string): Promise<void> {
    try {
      await this.store.oneTransaction(bulk.workspace_id, async (tx) => {
        await this.operations.operate(callerOf(bulk), runId, { kind, reason: bulk.reason });
        await advance(tx, bulk, { cursor: runId, done: 1, refused: 0 });
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      const why = { code: error.code, message: error.options.detail ?? error.code };
      await this.inWorkspaceOf(bulk, async (tx) => {
        await refuseBulk(tx, { workspaceId: bulk.workspace_id, bulkId: bulk.id, runId }, why);
        await advance(tx, bulk, { cursor: runId, done: 0, refused: 1 });
      });
    }
  }

  private inWorkspaceOf<T>({ workspace_id: workspaceId }: BulkRow, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.store.inWorkspace({ workspaceId }, work);
  }
}

async function advance(tx: Tx, bulk: BulkRow, step: BulkStep): Promise<void> {
  if (!(await advanceBulk(tx, bulk, step))) throw new BulkEnded();
}

/** Who asked, with the right that they had then. */
function callerOf({ workspace_id: workspaceId, actor, requested_by: requestedBy, id }: BulkRow): Principal {
  return {
    workspaceId,
    actor,
    roles: [],
    permissions: new Set(['runs:operate']),
    createdBy: requestedBy,
    session: null,
    expiresAt: null,
    requestId: id,
  };
}
