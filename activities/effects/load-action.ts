import { ApplicationFailure } from '@temporalio/activity';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import type { Action, ActionName } from '../../contracts/core/actions.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { isAnswered, readRun, type RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/** An action that is open now, with its run. */
export type LoadedAction<N extends ActionName = ActionName> = { run: RunRow; action: Action<N>; generation: number };

/**
 * Loads the open action `name` behind `input.key`; null when there is nothing more to do: it was answered, superseded by a rewind,
 * or its run is over. @throws RunNotFound
 */
export async function loadAction<N extends ActionName>(
  tx: Tx,
  name: N,
  input: ActionInput,
): Promise<LoadedAction<N> | null> {
  const run = await readRun(tx, input.workspaceId, input.runId);
  if (!run) throw ApplicationFailure.nonRetryable(`No run ${input.runId}`, failureTypes.runNotFound);
  const cut = input.key.indexOf('/');
  const generation = Number(input.key.slice(0, cut));
  const id = input.key.slice(cut + 1);
  // A machine wrote the open actions, each with the params of its record.
  const action = (run.open as Action<N>[]).find((open) => open.id === id && open.activity === name);
  if (!action || generation !== run.generation || run.ended_at !== null) return null;
  return (await isAnswered(tx, run, input.key)) ? null : { run, action, generation };
}

/**
 * Puts an action's output in its run's mailbox. The activity's completion wakes the loop, so no wake-up is written.
 * @returns whether it is the first: an action answers once
 */
export function enqueueResult(tx: Tx, input: ActionInput, output: JsonObject): Promise<boolean> {
  return enqueueMessage(tx, { ...input, kind: ACTION_DONE, ref: input.key, payload: output });
}
