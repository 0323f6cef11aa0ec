import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import {
  bucketsOf,
  mostQueues,
  type PoolActivities,
  type PoolAnswer,
  type PoolPass,
  type PoolQueue,
} from '../../contracts/runs/pools.ts';
import { beginAlone, beginBatch, dropBatches, type PoolBatch } from '../../platform/db/pools/batches.ts';
import { leftBatches, noteDeath, retryParked } from '../../platform/db/pools/faults.ts';
import { nextDue, notePass, pendingQueues, readyWorkspaces } from '../../platform/db/pools/look.ts';
import { runBatch, type BatchDone, type PoolDeps } from './run-batch.ts';

/** What a process knows of its pools: their number, and the runs of a batch at most. */
export type PassDeps = PoolDeps & { pools: number };

/** A pass ends after this time, so that its workflow can begin what is to be done; it goes on at once. */
const passMs = 3_000;
/** A pass that finds nothing looks on for so long, which is cheaper than to be woken again. */
const lingerMs = 1_000;
/** The pause between two looks that found nothing, and between two that found others at work. */
const lookMs = 50;
/**
 * What trickles in is gathered: a round that served fewer runs than `few` is followed by such a pause, since a transaction for one run costs
 * Postgres as much as one for ten. The first message after a quiet second is served at once.
 */
const gather = { few: 20, ms: 200 };
/** How often a pass notes that it goes on. */
const noteMs = 1_000;
/** Runs of a batch, at most and at least, and the time that one should take at most: locks are held for so long. */
const batchRuns = { most: 200, least: 10 };
const batchMs = 250;
/** Seconds for which a pass counts as at work after each look. */
const busySeconds = 3;

/** The engine's part of the pools' workflows. */
export function createPoolActivities(deps: PassDeps): PoolActivities {
  let isBegun = false;
  const own: OwnBatches = { live: new Set(), broken: new Set() };
  const paces = new Map<number, Pace>();
  const run = async (batch: PoolBatch): Promise<BatchDone> => {
    own.live.add(batch.id);
    try {
      return await runBatch(deps, batch);
    } catch (error) {
      own.broken.add(batch.id);
      throw error;
    } finally {
      own.live.delete(batch.id);
    }
  };
  return {
    async runPool(pass) {
      if (pass.pools !== deps.pools) return { more: false, dueAt: null, queues: [], isOver: true };
      if (!isBegun) await retryParked(deps.system, deps.build);
      isBegun = true;
      await tryLeftAlone({ ...deps, run, own }, pass);
      const pace = paces.get(pass.pool) ?? { limit: batchRuns.most, last: '' };
      paces.set(pass.pool, pace);
      const isCut = await work({ ...deps, run, pace }, pass);
      return answer(deps, pass, isCut);
    },
  };
}

/** How many runs a batch of a pool may have now, and the workspace that had the last one: those after it come first in the next pass, too. */
type Pace = { limit: number; last: string };

/** The batches of this process that go on, and those that have not ended, as Postgres was away: they killed nobody. */
type OwnBatches = { live: Set<string>; broken: Set<string> };

/** With what batches are run. */
type Running = PassDeps & { run(batch: PoolBatch): Promise<BatchDone> };

/**
 * Works until nothing is ready or due, the pass has been long enough, or a queue has something to do that nobody works through.
 * @returns whether more is to be done at once
 */
async function work({ pace, ...deps }: Running & { pace: Pace }, pass: PoolPass): Promise<boolean> {
  const running = new Set(pass.running.map(nameOf));
  const buckets = bucketsOf(pass);
  const signal = cancellationSignal();
  const beganAt = performance.now();
  let workedAt = beganAt;
  let notedAt = -Infinity;
  // What is found beyond that number the workflow cannot begin.
  const mayBegin = running.size < mostQueues;
  while (!signal.aborted && performance.now() - beganAt < passMs) {
    heartbeat();
    if (performance.now() - notedAt >= noteMs) {
      await notePass(deps.system, pass, busySeconds);
      notedAt = performance.now();
    }
    const workspaces = await readyWorkspaces(deps.system, buckets);
    let served = 0;
    for (const workspaceId of after(pace.last, workspaces)) {
      const batch = await beginBatch(deps.system, { workspaceId, pool: pass.pool, buckets, limit: pace.limit });
      if (!batch) continue;
      pace.last = workspaceId;
      const startedAt = performance.now();
      const done = await deps.run(batch);
      pace.limit = sizeAfter(pace.limit, performance.now() - startedAt);
      served += done.served;
      heartbeat();
      if (mayBegin && [...done.queues].some((queue) => !running.has(nameOf({ workspaceId, queue })))) return true;
      if (signal.aborted || performance.now() - beganAt >= passMs) return true;
    }
    if (served > 0) workedAt = performance.now();
    else if (workspaces.length === 0 && performance.now() - workedAt >= lingerMs) return false;
    const pauseMs = served === 0 ? lookMs : served < gather.few ? gather.ms : 0;
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return true;
}

/** Half as many runs at once where a batch took too long, else more again. */
function sizeAfter(limit: number, tookMs: number): number {
  if (tookMs > batchMs) return Math.max(batchRuns.least, limit >> 1);
  return Math.min(batchRuns.most, limit + batchRuns.least);
}

/** Each workspace has a batch in turn, those first that come after the last one. */
function after(last: string, workspaces: readonly string[]): string[] {
  const sorted = [...workspaces].sort();
  return [...sorted.filter((id) => id > last), ...sorted.filter((id) => id <= last)];
}

function nameOf({ workspaceId, queue }: { workspaceId: string; queue: string }): string {
  return `${workspaceId}/${queue}`;
}

async function answer(deps: PassDeps, pass: PoolPass, isCut: boolean): Promise<PoolAnswer> {
  const buckets = bucketsOf(pass);
  await notePass(deps.system, pass, 0);
  // What comes from here on finds no pass at work, and wakes the pool.
  const more = isCut || (await readyWorkspaces(deps.system, buckets)).length > 0;
  const pending = await pendingQueues(deps.system, buckets);
  const running = new Set(pass.running.map(nameOf));
  const due = [await nextDue(deps.system, buckets), ...pending.filter(({ isDue }) => !isDue).map(({ at }) => at)];
  const instants = due.flatMap((at) => (at === null ? [] : [at.getTime()]));
  const queues = pending.filter((queue) => queue.isDue && !running.has(nameOf(queue)));
  return {
    more,
    dueAt: instants.length === 0 ? null : new Date(Math.min(...instants)).toISOString(),
    queues: queues.map(({ workspaceId, queue }): PoolQueue => ({ workspaceId, queue })),
    isOver: false,
  };
}

/**
 * Goes alone through the runs of batches that nobody ended: one of them may have killed its process, and would again. Those that were gone
 * through alone come first, so that the second death parks one; that a batch happened to be of one run says nothing, as an outage of Postgres
 * may have cut it off elsewhere. What this process began and could not end, as Postgres was away, killed nobody.
 */
async function tryLeftAlone(deps: Running & { own: OwnBatches }, pass: PoolPass): Promise<void> {
  const {
    system,
    own: { live, broken },
  } = deps;
  const left = (await leftBatches(system, pass)).filter(({ id }) => !live.has(id) && !broken.has(id));
  const alone = left.filter(({ isAlone }) => isAlone);
  for (const { id, workspaceId, runIds } of alone)
    await noteDeath(system, { workspaceId, runId: runIds[0] ?? '', batchId: id, build: deps.build });
  for (const { id, workspaceId, runIds } of left.filter((batch) => !alone.includes(batch))) {
    for (const runId of runIds) {
      heartbeat();
      const batch = await beginAlone(system, { workspaceId, pool: pass.pool, runId });
      if (batch) await deps.run(batch);
    }
    await dropBatches(system, [id]);
  }
  const ended = [...broken];
  await dropBatches(system, ended);
  for (const id of ended) broken.delete(id);
}
