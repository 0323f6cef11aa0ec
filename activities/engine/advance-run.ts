import { ApplicationFailure } from '@temporalio/activity';
import type { Action } from '../../contracts/core/actions.ts';
import type { AdvanceAnswer, AdvanceInput, EngineActivities } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import { enqueueMessage, wakeRun } from '../../platform/db/runs/runs.ts';
import { adoptExecution, hasUnread, lockRun, type LockedRun, type RunRow } from '../../platform/db/runs/turns.ts';
import { makeTurns, openActions, TurnFault, type TurnDeps, type TurnMade } from './make-turns.ts';
import { displayRun, type DisplayDeps, type RunPlace } from './run-display.ts';

/** What the engine needs besides. `temporalRunId` is the execution that asks; `now` is in `TurnDeps`. */
export type EngineDeps = TurnDeps & {
  db: Db;
  temporalRunId?: () => string | null;
  /** Without it, Temporal's own UI shows nothing of a run. */
  display?: DisplayDeps;
};

/** The engine's activities: one transaction a turn, by the rules of docs/architecture.md. */
export function createEngineActivities(deps: EngineDeps): EngineActivities {
  return {
    async advanceRun(input) {
      try {
        return await inWorkspace(deps.db, input.workspaceId, (tx) => advanceRun(deps, tx, input));
      } catch (error) {
        if (error instanceof TurnFault) await reportFault(deps.db, input, error);
        throw error;
      }
    },
  };
}

async function advanceRun(deps: EngineDeps, tx: Tx, input: AdvanceInput): Promise<AdvanceAnswer> {
  const run = await lockRun(tx, input.workspaceId, input.runId);
  if (!run) throw ApplicationFailure.nonRetryable(`No run ${input.runId}`, failureTypes.runNotFound);
  // Its pool works on it: an execution of its own, begun by a worker of before, has nothing to do.
  if (run.pool !== null) return leaveToPool(deps, tx, run);
  // An ended run receives nothing any more, and what a failure says may be of a person who was erased.
  for (const failure of run.ended_at === null ? input.failures : []) {
    const payload = { type: failure.type, message: failure.message };
    await enqueueMessage(tx, { ...input, kind: 'failed', ref: failure.key, payload });
  }
  const temporalRunId = deps.temporalRunId?.() ?? null;
  const isNext = input.turn === run.turn + 1 && run.ended_at === null;
  const made = isNext ? await makeTurn(deps, tx, run, { at: input.at, temporalRunId }) : undefined;
  if (made) return answerOf(deps, made);
  if (temporalRunId !== null && temporalRunId !== run.temporal_run_id) await adoptExecution(tx, run, temporalRunId);
  return answerFor(deps, run, !isNext && (await hasUnread(tx, run)));
}

/** Makes the next turn; undefined when nothing has happened and nothing is due. @throws TurnFault */
async function makeTurn(
  deps: EngineDeps,
  tx: Tx,
  run: LockedRun,
  { at, temporalRunId }: { at: number; temporalRunId: string | null },
): Promise<TurnMade | undefined> {
  const now = deps.now ? await deps.now(tx, at) : run.now;
  const { made, faults } = await makeTurns(deps, tx, [{ run, now, temporalRunId }]);
  const fault = faults.get(run.id);
  if (fault) throw fault;
  return made.get(run.id);
}

async function leaveToPool(deps: EngineDeps, tx: Tx, run: LockedRun): Promise<AdvanceAnswer> {
  await wakeRun(tx, run.workspace_id, run.id);
  return { ...answerFor(deps, run, false), open: [], dueAt: null, ended: true };
}

function answerOf(deps: EngineDeps, { run, turn, generation, advanced, more }: TurnMade): AdvanceAnswer {
  return {
    turn,
    open: openActions(advanced.actions, generation),
    dueAt: advanced.dueAt,
    more,
    ended: advanced.ended !== null,
    ...displayOf(deps, run, { status: advanced.status, step: advanced.currentStep, dueAt: advanced.dueAt }),
  };
}

function answerFor(deps: EngineDeps, run: RunRow, more: boolean): AdvanceAnswer {
  const ended = run.ended_at !== null;
  const dueAt = ended ? null : (run.next_due_at?.toISOString() ?? null);
  return {
    turn: run.turn,
    open: ended ? [] : openActions(run.open as Action[], run.generation),
    dueAt,
    more: more && !ended,
    ended,
    ...displayOf(deps, run, { status: run.status, step: run.current_step, dueAt }),
  };
}

function displayOf(deps: EngineDeps, run: RunRow, at: RunPlace): Pick<AdvanceAnswer, 'display'> {
  return deps.display ? { display: displayRun(deps.display, run.id, at) } : {};
}

async function reportFault(db: Db, input: AdvanceInput, fault: TurnFault): Promise<void> {
  const message = `Turn ${input.turn} could not be made: ${fault.message}`;
  const incident = { ...input, kind: fault.incident, message };
  await inWorkspace(db, input.workspaceId, (tx) => openIncident(tx, incident)).catch(() => undefined);
}
