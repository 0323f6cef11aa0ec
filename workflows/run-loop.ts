import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { AdvanceAnswer, RunInput } from '../contracts/core/engine.ts';
import { limits } from '../contracts/core/limits.ts';
import { Actions } from './actions.ts';
import { engine } from './activities.ts';
import { show } from './display.ts';
import { wakeSignal } from './messages.ts';

/** A timer that fires a little before the database's clock agrees must not spin: the next try comes no sooner than this. */
const minimumWaitMs = 250;

/**
 * The loop of every run: make the turn Postgres allows, match the actions to what is open, then race the wake signal, the
 * timer and each action's settling. The state lives in Postgres; this holds the turn number and what is in flight, so a
 * reset, a lost worker or a successor finds everything again by asking.
 */
export async function runLoop(input: RunInput): Promise<void> {
  const actions = new Actions(input);
  let isWoken = false;
  setHandler(wakeSignal, () => {
    isWoken = true;
  });

  let turn = input.turn ?? 0;
  for (;;) {
    isWoken = false;
    const failures = actions.takeFailures();
    const next = { ...input, turn: turn + 1, at: Date.now(), failures };
    const answer = await engine.advanceRun.executeWithOptions({ summary: `turn ${next.turn}` }, [next]);
    const isHeadway = answer.turn !== turn;
    turn = answer.turn;
    actions.match(answer.open);
    if (answer.ended) return show(answer);
    if (answer.more || actions.hasSettled || isWoken) continue;
    show(answer);
    if (mustContinueAsNew(actions.count)) {
      await condition(allHandlersFinished);
      return continueAsNew<typeof runLoop>({ workspaceId: input.workspaceId, runId: input.runId, turn });
    }
    await sleepUntil(answer, isHeadway, () => isWoken || actions.hasSettled);
  }
}

async function sleepUntil(answer: AdvanceAnswer, isHeadway: boolean, isAwake: () => boolean): Promise<void> {
  if (answer.dueAt === null) return condition(isAwake);
  const delayMs = Math.max(Date.parse(answer.dueAt) - Date.now(), isHeadway ? 1 : minimumWaitMs);
  await condition(isAwake, delayMs, { summary: `${answer.display?.step ?? 'run'} until ${answer.dueAt}` });
}

function mustContinueAsNew(inFlight: number): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  const isLong = continueAsNewSuggested || historyLength > limits.maxEvents;
  return (isLong && inFlight === 0) || historyLength > 2 * limits.maxEvents;
}
