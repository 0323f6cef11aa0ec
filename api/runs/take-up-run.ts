import type { JsonObject, JsonValue, RepairKind } from '../../contracts/core/machine.ts';
import { limits } from '../../contracts/core/limits.ts';
import { runKindOf } from '../../contracts/runs/run-kinds.schema.ts';
import type { RunFailure, RunOperation } from '../../contracts/runs/runs-api.schema.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { journeyOfRun, runInTheWay } from '../../platform/db/journeys/journey-starts.ts';
import { reopenRun, takeUpRun } from '../../platform/db/runs/reopen-run.ts';
import { lockRun, type LockedRun, type RunRow } from '../../platform/db/runs/turns.ts';
import { misfitOf } from '../../platform/models/answer-schema.ts';
import { conflict, invalid, notFound } from '../http/errors/app-error.ts';
import { findFailure } from './run-failure.ts';

/** The operations that take up a run which failed. */
export type Repair = Extract<RunOperation, { kind: RepairKind }>;

/** Whether an operation takes up a failed run. */
export function isRepair(operation: RunOperation): operation is Repair {
  return operation.kind === 'retry' || operation.kind === 'skip' || operation.kind === 'complete';
}

/**
 * Takes up a run that failed, or was terminated, in the caller's transaction. `ref` names the operation.
 * @throws AppError where it is live or ended otherwise, where another run stands in its place, and where an effect of the step may have
 * been done
 */
export async function takeUp(
  tx: Tx,
  run: { workspaceId: string; runId: string },
  operation: Repair,
  ref: string,
): Promise<void> {
  const locked = await lockRun(tx, run.workspaceId, run.runId);
  if (!locked) throw notFound('run');
  if (!runKindOf(locked.kind)?.canRetry)
    throw conflict('run.notFailed', 'A run of this kind is not taken up again', { runStatus: locked.status });
  const payload =
    locked.status === 'terminated' ? whereItWas(locked, operation) : await fromFailure(tx, locked, operation);
  await requirePlace(tx, locked);
  if (!(await takeUpRun(tx, locked, { kind: operation.kind, ref, payload })))
    throw conflict('run.stateGone', 'What the run knew is not kept any more; start it again instead');
}

/**
 * Refuses to bring back to life what the journey has no place for.
 * @throws AppError while the journey is paused or stopped, and where its re-entry policy has another run stand
 */
async function requirePlace(tx: Tx, run: LockedRun): Promise<void> {
  const journey = await journeyOfRun(tx, run);
  if (!journey) return;
  if (journey.status !== 'live')
    throw conflict('journey.notLive', `The journey is ${journey.status}: its runs do not go on`, {
      journeyStatus: journey.status,
    });
  const other = await runInTheWay(tx, run, journey);
  if (other !== null)
    throw conflict('journey.reentry', 'Another run of this person stands in its place: the journey’s re-entry policy', {
      runId: other,
    });
}

/** Makes a run that failed live again, for a rewind that the caller sends. @throws AppError as `takeUp` */
export async function reopenToRewind(tx: Tx, run: RunRow): Promise<void> {
  const locked = await lockRun(tx, run.workspace_id, run.id);
  if (locked?.status !== 'failed') throw conflict('run.ended', 'This run has ended', { runStatus: run.status });
  await requirePlace(tx, locked);
  await reopenRun(tx, { workspaceId: run.workspace_id, runId: run.id });
}

function whereItWas({ status }: LockedRun, { kind }: Repair): JsonObject {
  if (kind === 'retry') return {};
  throw conflict('run.notFailed', 'Only the step of a run that failed is skipped or completed', { runStatus: status });
}

async function fromFailure(tx: Tx, run: LockedRun, operation: Repair): Promise<JsonObject> {
  const found = await findFailure(tx, run);
  if (!found) throw conflict('run.notFailed', 'No step of this run has failed', { runStatus: run.status });
  const { failure, repairs } = found;
  if (!repairs.includes(operation.kind))
    throw conflict('run.noOutput', `“${failure.title}” gives nothing that could be put in its place`);
  if (operation.kind === 'retry' && failure.happened.length > 0 && operation.again !== true)
    throw conflict('run.mayHaveHappened', 'What the step does may have been done: look first, then ask with `again`', {
      effects: failure.happened.map(({ id, kind, state }) => ({ id, kind, state })),
    });
  const { step } = failure;
  return operation.kind === 'complete' ? { step, output: requireFit(failure, operation.output) } : { step };
}

/** @throws AppError with the path of what does not fit */
function requireFit({ output: schema }: RunFailure, output: Record<string, unknown>): JsonObject {
  // It came in as JSON.
  const value = output as JsonObject;
  if (JSON.stringify(value).length > limits.eventPropertiesBytes)
    throw invalid('request.invalid', [
      { path: 'output', code: 'tooLarge', message: `at most ${limits.eventPropertiesBytes} characters of JSON` },
    ]);
  const misfit = misfitOf(schema as JsonValue, value);
  if (!misfit) return value;
  throw invalid('run.outputMismatch', [
    { path: ['output', ...misfit.path].join('.'), code: 'run.outputMismatch', message: misfit.message },
  ]);
}
