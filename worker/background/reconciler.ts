import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import {
  closeRun,
  openRunsOf,
  readWatermark,
  resolveFaults,
  silentRuns,
  writeWatermark,
  type KnownRun,
} from '../../platform/db/runs/reconcile.ts';
import { wakeRuns } from '../../platform/db/runs/runs.ts';
import type { Logger } from '../../platform/log.ts';
import { grpcCodeOf } from '../../platform/temporal/client.ts';

/** What the reconciler needs; `db` is the system role's. */
export type ReconcilerDeps = { db: Db; client: Client; deployment: string; log: Logger };

const WATERMARK = 'reconciler.closed';
/** Visibility lags behind; each sweep looks back this far over its watermark. */
const overlapMs = 60_000;
const callDeadlineMs = 5_000;
/** A silent run is looked at again after this, not on every pass: each look may add a signal to its history. */
const silentAgainMs = 5 * 60_000;

/**
 * Sweeps the executions that closed since the watermark and writes the ends that Postgres does not know: a run terminated,
 * cancelled or failed from outside the engine. An execution that a newer one of its chain superseded (reset, continue as new)
 * decides nothing.
 */
export async function reconcileClosed(deps: ReconcilerDeps): Promise<void> {
  const startedAt = Date.now();
  const since =
    Date.parse((await readWatermark(deps.db, WATERMARK)) ?? new Date(startedAt - overlapMs).toISOString()) - overlapMs;
  const query = `tlDeployment = "${deps.deployment}" AND CloseTime > "${new Date(since).toISOString()}" AND ExecutionStatus IN ("Terminated", "Canceled", "Failed", "TimedOut")`;
  const closed: string[] = [];
  for await (const execution of deps.client.workflow.list({ query })) closed.push(execution.workflowId);
  for (let from = 0; from < closed.length; from += 200) {
    const runs = await openRunsOf(deps.db, closed.slice(from, from + 200));
    for (const run of runs) await reconcileRun(deps, run);
  }
  await writeWatermark(deps.db, WATERMARK, new Date(startedAt).toISOString());
}

async function reconcileRun(deps: ReconcilerDeps, run: KnownRun): Promise<void> {
  const latest = await describe(deps, run);
  if (latest === null) return;
  const status = endedAs(latest.status.name);
  if (status === null) return;
  const reason = `Ended in Temporal: ${latest.status.name.toLowerCase()}`;
  if (await closeRun(deps.db, run, { status, reason, temporalRunId: latest.runId })) {
    deps.log.info({ runId: run.runId, status }, 'A run that ended in Temporal is closed');
  }
}

/**
 * Looks after runs that should have moved: wakes those whose workflow lives, starts those that never began, opens incidents
 * for lost ones.
 */
export function createSilentSweep(deps: ReconcilerDeps): () => Promise<void> {
  const lookedAt = new Map<string, number>();
  return async () => {
    await resolveFaults(deps.db);
    const now = Date.now();
    for (const [runId, at] of lookedAt) if (now - at > silentAgainMs) lookedAt.delete(runId);
    for (const run of await silentRuns(deps.db, 500)) {
      if (lookedAt.has(run.runId)) continue;
      lookedAt.set(run.runId, now);
      await lookAfter(deps, run).catch((error: unknown) => {
        lookedAt.delete(run.runId);
        // Without Temporal nothing can be said of the others either; what is wrong with one run holds up no other.
        if (grpcCodeOf(error) !== null) throw error;
        deps.log.warn({ runId: run.runId, err: error }, 'A silent run could not be looked after');
      });
    }
  };
}

async function lookAfter(deps: ReconcilerDeps, run: KnownRun): Promise<void> {
  const latest = await describe(deps, run);
  if (latest?.status.name === 'RUNNING' || (latest === null && !run.hasSteps))
    return wakeRuns(deps.db, run.workspaceId, [run.runId]);
  if (latest !== null && endedAs(latest.status.name) !== null) return reconcileRun(deps, run);
  await openIncident(deps.db, {
    ...run,
    kind: 'run.lost',
    message: 'Temporal no longer has this run, though it had begun. Run it again or cancel it.',
  });
}

async function describe(deps: ReconcilerDeps, run: KnownRun): Promise<WorkflowExecutionDescription | null> {
  try {
    return await deps.client.withDeadline(Date.now() + callDeadlineMs, () =>
      deps.client.workflow.getHandle(run.workflowId).describe(),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function endedAs(status: string): 'terminated' | 'cancelled' | 'failed' | null {
  if (status === 'TERMINATED') return 'terminated';
  if (status === 'CANCELLED') return 'cancelled';
  return status === 'FAILED' || status === 'TIMED_OUT' ? 'failed' : null;
}
