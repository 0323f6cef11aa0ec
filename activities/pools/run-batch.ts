import { actions as actionRecords, type Action } from '../../contracts/core/actions.ts';
import type { OpenAction } from '../../contracts/core/engine.ts';
import { isContention, isOutage, isTooSlow } from '../../platform/db/core/failures.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { matchActions } from '../../platform/db/pools/actions.ts';
import { dropBatches, endTurns, readyAgain, type PoolBatch } from '../../platform/db/pools/batches.ts';
import { noteThrow } from '../../platform/db/pools/faults.ts';
import { lockFreeRuns, type LockedRun } from '../../platform/db/runs/turns.ts';
import { makeTurns, openActions, TurnFault, type TurnDeps, type TurnMade } from '../engine/make-turns.ts';

/** What pools work with: `db` is the app role's, with connections that nothing else has; `build` is that of the process. */
export type PoolDeps = TurnDeps & { db: Db; system: Db; build: string };

/** What came of a batch: how many runs it served, how many it left to another pass, and the queues that have something new to do. */
export type BatchDone = { served: number; skipped: number; queues: ReadonlySet<string> };

/**
 * Makes the turns of a batch's runs in one transaction, but for those that another transaction holds. A run whose turn fails, in its machine, in
 * what is read for it or in Postgres, is put off and harms no other.
 * @throws where Postgres cannot be asked: then nothing was done
 */
export async function runBatch(deps: PoolDeps, batch: PoolBatch): Promise<BatchDone> {
  const done = await makeApart(deps, batch, [...batch.runs.keys()], true);
  await Promise.all([...done.faults].map(([runId, fault]) => note(deps, batch.workspaceId, runId, fault)));
  return done;
}

type Done = BatchDone & { faults: ReadonlyMap<string, TurnFault> };

/** Makes the turns at once, or, where something of them fails, those of each half by themselves. */
async function makeApart(deps: PoolDeps, batch: PoolBatch, runIds: readonly string[], isEnd: boolean): Promise<Done> {
  try {
    return await inWorkspace(deps.db, batch.workspaceId, (tx) => makeAtOnce(deps, tx, { batch, runIds, isEnd }));
  } catch (error) {
    if (isContention(error)) return await leave(deps, batch, { isEnd, skipped: runIds.length });
    // What takes too long may be one run's fault, and would hold up its neighbours again and again.
    if (isOutage(error) && !isTooSlow(error)) throw error;
    const [runId] = runIds;
    if (runId !== undefined && runIds.length === 1) {
      const left = await leave(deps, batch, { isEnd, skipped: 0 });
      const fault = error instanceof TurnFault ? error : new TurnFault('engine.fault', String(error), { cause: error });
      return { ...left, faults: new Map([[runId, fault]]) };
    }
    const middle = runIds.length >> 1;
    const first = await makeApart(deps, batch, runIds.slice(0, middle), false);
    const second = await makeApart(deps, batch, runIds.slice(middle), isEnd);
    return {
      served: first.served + second.served,
      skipped: first.skipped + second.skipped,
      queues: first.queues.union(second.queues),
      faults: new Map([...first.faults, ...second.faults]),
    };
  }
}

async function leave(
  { system }: PoolDeps,
  batch: PoolBatch,
  { isEnd, skipped }: { isEnd: boolean; skipped: number },
): Promise<Done> {
  if (isEnd) await dropBatches(system, [batch.id]);
  return { served: 0, skipped, queues: new Set(), faults: new Map() };
}

async function makeAtOnce(
  deps: PoolDeps,
  tx: Tx,
  { batch, runIds, isEnd }: { batch: PoolBatch; runIds: readonly string[]; isEnd: boolean },
): Promise<Done> {
  const locked = await lockFreeRuns(tx, batch.workspaceId, runIds);
  const live = locked.filter((run) => run.ended_at === null);
  const turns = await Promise.all(
    live.map(async (run) => ({ run, now: deps.now ? await deps.now(tx, Date.now()) : run.now, temporalRunId: null })),
  );
  const { made, faults } = await makeTurns(deps, tx, turns);
  const queues = await openAll(
    tx,
    batch.workspaceId,
    locked.filter((run) => !faults.has(run.id)).map((run) => openOf(run, made.get(run.id))),
  );
  await readyAgain(
    tx,
    batch.workspaceId,
    [...made.values()].filter(({ more }) => more).map(({ run }) => run.id),
  );
  const served = locked.map((run) => run.id).filter((id) => !faults.has(id));
  await endTurns(tx, batch, served, { isEnd });
  return { served: served.length, skipped: runIds.length - locked.length, queues, faults };
}

/** What is open for a run, after its turn or as it stands, and whether anything was before. */
type Opened = { run: LockedRun; open: OpenAction[]; hasActed: boolean };

/** A run that made no turn stands as it is: what was lost of its actions is there again, and an ended one has none. */
function openOf(run: LockedRun, made: TurnMade | undefined): Opened {
  const isEnded = run.ended_at !== null;
  const actions = made ? made.advanced.actions : isEnded ? [] : (run.open as Action[]);
  const open = openActions(actions, made?.generation ?? run.generation);
  return { run, open, hasActed: isEnded || (run.open as Action[]).length > 0 };
}

/** Writes what the machines have open where it was, or is, anything. @returns the queues that do it */
async function openAll(tx: Tx, workspaceId: string, all: readonly Opened[]): Promise<ReadonlySet<string>> {
  const acting = all.filter(({ open, hasActed }) => open.length > 0 || hasActed);
  const runs = acting.map(({ run, open }) => ({
    runId: run.id,
    pool: run.pool ?? 0,
    open: open.map((action) => ({ ...action, queue: actionRecords[action.activity].queue })),
  }));
  await matchActions(tx, workspaceId, runs);
  return new Set(runs.flatMap(({ open }) => open.map(({ queue }) => queue)));
}

async function note({ system, build }: PoolDeps, workspaceId: string, runId: string, fault: TurnFault): Promise<void> {
  const message = `Its turn could not be made: ${fault.message}`;
  await noteThrow(system, { workspaceId, runId, kind: fault.incident, message, build });
}
