import { ApplicationFailure } from '@temporalio/activity';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import type { Action, ActionName } from '../../contracts/core/actions.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { noFacts, type Reading } from '../../platform/db/core/readings.ts';
import { holdToAct, type RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/** An action that is open now, with its run, and whether what ends that waits unread; `facts` is what was asked for with it. */
export type LoadedAction<N extends ActionName = ActionName, Facts = unknown> = {
  run: RunRow;
  action: Action<N>;
  generation: number;
  isToStop: boolean;
  facts: Facts;
};

/**
 * Loads the open action `name` behind `input.key`, and holds its run; null when there is nothing more to do: it was answered, superseded by a
 * rewind, or its run is over. @throws RunNotFound
 */
export function loadAction<N extends ActionName>(
  tx: Tx,
  name: N,
  input: ActionInput,
): Promise<LoadedAction<N, undefined> | null> {
  return loadActionWith(tx, name, input, noFacts);
}

/** As `loadAction`, with what is read in the same statement. */
export async function loadActionWith<N extends ActionName, Facts>(
  tx: Tx,
  name: N,
  input: ActionInput,
  reading: Reading<Facts>,
): Promise<LoadedAction<N, Facts> | null> {
  const acting = await holdToAct(tx, input, reading);
  if (!acting) throw ApplicationFailure.nonRetryable(`No run ${input.runId}`, failureTypes.runNotFound);
  const { run, isAnswered, isToStop, facts } = acting;
  const { generation, id } = actionOfKey(input.key);
  // A machine wrote the open actions, each with the params of its record.
  const action = (run.open as Action<N>[]).find((open) => open.id === id && open.activity === name);
  if (!action || generation !== run.generation || run.ended_at !== null || isAnswered) return null;
  return { run, action, generation, isToStop, facts };
}

/** The generation and the action that an `ActionInput` names by its key. */
export function actionOfKey(key: string): { generation: number; id: string } {
  const cut = key.indexOf('/');
  return { generation: Number(key.slice(0, cut)), id: key.slice(cut + 1) };
}

/**
 * Puts an action's output in its run's mailbox. The activity's completion wakes the loop, so no wake-up is written.
 * @returns whether it is the first: an action answers once
 */
export function enqueueResult(tx: Tx, input: ActionInput, output: JsonObject): Promise<boolean> {
  return enqueueMessage(tx, { ...input, kind: ACTION_DONE, ref: input.key, payload: output });
}
