import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { keepIncidents, resolveFaults, type WorkspaceIncident } from '../../platform/db/runs/incidents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import {
  actingRuns,
  forgetMoved,
  maxWakes,
  openRunsOf,
  stuckRuns,
  wakeRunsWithoutExecution,
  wakeSilentRuns,
  type KnownRun,
} from '../../platform/db/runs/silent-runs.ts';
import { readWatermark, writeWatermark } from '../../platform/db/runs/watermarks.ts';
import type { Logger } from '../../platform/log.ts';

/** What the reconciler needs; `db` is the system role's. */
export type ReconcilerDeps = { db: Db; client: Client; deployment: string; log: Logger };

const WATERMARK = 'reconciler.closed';
/** Visibility lags behind; each sweep looks back this far over its watermark. */
const overlapMs = 60_000;
const callDeadlineMs = 5_000;
/** Pages of a list come one after the other, and after an outage there are many. */
const listDeadlineMs = 60_000;
/** Runs of one pass, in each of its parts. */
const runsAPass = 500;
/** Runs with actions open are gone through once in this time; an execution that works on them is not disturbed by it. */
const roundMs = 60_000;
/** Runs that an incident names. */
const namedRuns = 20;

/**
 * Looks through the executions that closed since the watermark without the engine: terminated, cancelled or failed in Temporal. Postgres
 * says whether a run is over; one that is live goes on in a new execution.
 */
export async function reconcileClosed(deps: ReconcilerDeps): Promise<void> {
  const startedAt = Date.now();
  const since =
    Date.parse((await readWatermark(deps.db, WATERMARK)) ?? new Date(startedAt - overlapMs).toISOString()) - overlapMs;
  const query = `tlDeployment = "${deps.deployment}" AND CloseTime > "${new Date(since).toISOString()}" AND ExecutionStatus IN ("Terminated", "Canceled", "Failed", "TimedOut")`;
  const closed: string[] = [];
  await deps.client.withDeadline(Date.now() + listDeadlineMs, async () => {
    for await (const execution of deps.client.workflow.list({ query })) closed.push(execution.workflowId);
  });
  for (let from = 0; from < closed.length; from += runsAPass)
    await reviveRuns(deps, await openRunsOf(deps.db, closed.slice(from, from + runsAPass)));
  await writeWatermark(deps.db, WATERMARK, new Date(startedAt).toISOString());
}

/**
 * One sweep over the live runs that stand still, whatever the reason: a wake-up that was lost, a Postgres or a Temporal that was restored or
 * lost its data, an execution that was ended there. Each is woken, which begins a new execution where none lives; the turn number makes
 * that safe. What three wake-ups do not move is one incident for all of its kind.
 */
export function createSilentSweep(deps: ReconcilerDeps): () => Promise<void> {
  const reviveActing = createActingRound(deps);
  return async () => {
    await resolveFaults(deps.db);
    await forgetMoved(deps.db);
    const woken = await wakeSilentRuns(deps.db, runsAPass);
    if (woken > 0) deps.log.warn({ woken }, 'Runs stood still and are woken');
    await reportStuck(deps);
    await reviveActing();
  };
}

/** Goes through the runs that have actions open, a page a call, again and again: nobody works on them where they have no execution. */
function createActingRound(deps: ReconcilerDeps): () => Promise<void> {
  let after: string | null = null;
  let beganAt = -Infinity;
  return async () => {
    if (after === null && performance.now() - beganAt < roundMs) return;
    if (after === null) beganAt = performance.now();
    const page = await actingRuns(deps.db, { after, limit: runsAPass });
    await reviveRuns(deps, page);
    after = page.length < runsAPass ? null : (page.at(-1)?.runId ?? null);
  };
}

async function reviveRuns(deps: ReconcilerDeps, runs: readonly KnownRun[]): Promise<void> {
  const lost: KnownRun[] = [];
  // A run of a pool is among them because nothing is to be done for it.
  for (const run of runs) if (run.isPooled || !(await isRunning(deps, run))) lost.push(run);
  const revived = await wakeRunsWithoutExecution(deps.db, lost);
  if (revived > 0) deps.log.warn({ revived }, 'Live runs without an execution get a new one');
}

async function reportStuck(deps: ReconcilerDeps): Promise<void> {
  const silent: KnownRun[] = [];
  const lost: KnownRun[] = [];
  for (const run of await stuckRuns(deps.db, runsAPass)) ((await isRunning(deps, run)) ? silent : lost).push(run);
  const woken = `woken ${maxWakes} times and not moved`;
  const where = 'Look for workers of their queues, and at their workflows in Temporal.';
  await keepIncidents(deps.db, 'run.silent', byWorkspace(silent, `Live runs that were ${woken}`, where));
  await keepIncidents(
    deps.db,
    'run.lost',
    byWorkspace(lost, `Live runs without an execution that were ${woken}`, where),
  );
}

function byWorkspace(runs: readonly KnownRun[], what: string, advice: string): WorkspaceIncident[] {
  return [...Map.groupBy(runs, (run) => run.workspaceId)].map(([workspaceId, own]) => {
    const count = runs.length < runsAPass ? `${own.length}` : `${own.length} or more`;
    const detail = { runs: own.length, first: own.slice(0, namedRuns).map((run) => run.runId) };
    return { workspaceId, message: `${what}: ${count}. ${advice}`, detail, size: own.length };
  });
}

/** Whether an execution of the run lives; that of a pool is none of its runs'. @throws where Temporal does not answer */
async function isRunning(deps: ReconcilerDeps, run: KnownRun): Promise<boolean> {
  if (run.isPooled) return true;
  try {
    const { status } = await deps.client.withDeadline(Date.now() + callDeadlineMs, () =>
      deps.client.workflow.getHandle(run.workflowId).describe(),
    );
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
