import { ApplicationFailure } from '@temporalio/activity';
import type { ActionInput } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import type { Action, ActionName } from '../../contracts/core/actions.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { noFacts, type Reading } from '../../platform/db/core/readings.ts';
import { holdToAct, type RunRow, type RunToAct } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/** An action that is open now, with its run, and whether what ends that waits unread; `facts` is what was asked for with it. */
export type LoadedAction<N extends ActionName = ActionName, Facts = unknown> = {
  run: RunRow;
  action: Action<N>;
  generation: number;
  isToStop: boolean;
  facts: Facts;
};

/** That the workspace has no such run. */
export const noRun = 'noRun';

/**
 * Loads the open action `name` behind `input.key`, and holds its run; null when there is nothing more to do: it was answered, superseded by a
 * rewind, or its run is over. @throws RunNotFound
 */
export async function loadAction<N extends ActionName>(
  tx: Tx,
  name: N,
  input: ActionInput,
): Promise<LoadedAction<N, undefined> | null> {
  const [loaded] = await loadActions(tx, { name, inputs: [input] }, () => noFacts);
  if (loaded === noRun) throw runNotFound(input);
  return loaded ?? null;
}

/** As `loadAction`, for several of one workspace, in their order, with what is read of each in the same statement. */
export async function loadActions<N extends ActionName, Facts>(
  tx: Tx,
  { name, inputs }: { name: N; inputs: readonly ActionInput[] },
  factsOf: (run: RunToAct) => Reading<Facts>,
): Promise<(LoadedAction<N, Facts> | null | typeof noRun)[]> {
  const acting = await holdToAct(tx, { workspaceId: inputs[0]?.workspaceId ?? '', all: inputs }, factsOf);
  return inputs.map(({ key }, at) => {
    const found = acting[at];
    if (!found) return noRun;
    const { run, isAnswered, isToStop, facts } = found;
    const { generation, id } = actionOfKey(key);
    // A machine wrote the open actions, each with the params of its record.
    const action = (run.open as Action<N>[]).find((open) => open.id === id && open.activity === name);
    if (!action || generation !== run.generation || run.ended_at !== null || isAnswered) return null;
    return { run, action, generation, isToStop, facts };
  });
}

/** The failure of an action whose run is not there. */
export function runNotFound({ runId }: ActionInput): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`No run ${runId}`, failureTypes.runNotFound);
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
