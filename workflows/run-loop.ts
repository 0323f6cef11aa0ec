import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import type { AdvanceAnswer, RunInput } from '../contracts/core/engine.ts';
import { Actions } from './actions.ts';
import { engine } from './activities.ts';
import { show } from './display.ts';
import { Handover } from './handover.ts';
import { wakeSignal } from './messages.ts';

/** A timer that fires a little before the database's clock agrees must not spin: the next try comes no sooner than this. */
const minimumWaitMs = 250;

/**
 * The loop of every run: make the turn Postgres allows, match the actions to what is open, then race the wake signal, the
 * timer and each action's settling. The state lives in Postgres; this holds the turn number and what is in flight, so a
 * reset, a lost worker or a successor finds everything again by asking.
 */
export async function runLoop(input: RunInput): Promise<void> {
  const { workspaceId, runId } = input;
  const actions = new Actions(input);
  const handover = new Handover(input.history);
  let isWoken = false;
  setHandler(wakeSignal, () => {
    isWoken = true;
  });

  let turn = input.turn ?? 0;
  for (;;) {
    isWoken = false;
    const failures = actions.takeFailures();
    const next = { workspaceId, runId, turn: turn + 1, at: Date.now(), failures };
    const answer = await engine.advanceRun.executeWithOptions({ summary: `turn ${next.turn}` }, [next]);
    const isHeadway = answer.turn !== turn;
    turn = answer.turn;
    handover.check();
    actions.match(answer.open, { draining: handover.drainsUntil !== null });
    if (answer.ended) return show(answer);
    if (answer.more || actions.hasSettled || isWoken) continue;
    show(answer);
    if (handover.isDue(actions.count)) {
      await condition(allHandlersFinished);
      return continueAsNew<typeof runLoop>({ ...input, turn });
    }
    const alarm = nextAlarm(answer, handover.drainsUntil);
    await sleepUntil(alarm, isHeadway, () => isWoken || actions.hasSettled);
  }
}

/** When the loop goes on by itself, in epoch milliseconds, and what for. */
type Alarm = { at: number; summary: string };

/** The run's own next instant, or the end of the draining where that is sooner; null: only what happens wakes it. */
function nextAlarm({ dueAt, display }: AdvanceAnswer, drainsUntil: number | null): Alarm | null {
  const due = dueAt === null ? Infinity : Date.parse(dueAt);
  if (drainsUntil !== null && drainsUntil < due)
    return { at: drainsUntil, summary: 'drains before it continues as new' };
  return dueAt === null ? null : { at: due, summary: `${display?.step ?? 'run'} until ${dueAt}` };
}

async function sleepUntil(alarm: Alarm | null, isHeadway: boolean, isAwake: () => boolean): Promise<void> {
  if (!alarm) return condition(isAwake);
  const delayMs = Math.max(alarm.at - Date.now(), isHeadway ? 1 : minimumWaitMs);
  await condition(isAwake, delayMs, { summary: alarm.summary });
}
