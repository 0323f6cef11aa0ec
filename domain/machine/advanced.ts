import type { Advanced, MailboxItem, RunStatus } from '../../contracts/core/machine.ts';
import type { Lines } from './lines.ts';
import { nothingOpen, type Open } from './open.ts';

/**
 * What each turn of a machine gets: the instant of the turn, and what the run has received since the last one, in its order. `isRewound`: the state is
 * that of an earlier turn, and stored events have not been compared with what it listens to.
 */
export type TurnInput = { now: string; mailbox: readonly MailboxItem[]; isRewound?: boolean };

/** The statuses that a run ends with. */
export type EndStatus = Extract<RunStatus, 'completed' | 'exited' | 'failed'>;

/** What a turn leaves in any case: the state, and the lines of the timeline that it changed. */
type Left<S> = { state: S; lines: Lines };

/** What a turn brings of a run that goes on; `isAtWork`: something is done for it now, so that it waits for nothing. */
export function goesOn<S>(
  { state, lines }: Left<S>,
  open: Open,
  { isPaused, isAtWork, currentStep }: { isPaused: boolean; isAtWork: boolean; currentStep: string | null },
): Advanced<S> {
  const status = isPaused ? 'paused' : isAtWork ? 'running' : 'waiting';
  return { state, ...open, steps: [...lines.values()], status, currentStep, ended: null };
}

/** What a turn brings of a run that is over: nothing is open. */
export function over<S>(
  { state, lines }: Left<S>,
  { status, outcome, reason }: { status: EndStatus; outcome: string; reason: string },
): Advanced<S> {
  const ended = { outcome, reason };
  return { state, ...nothingOpen, steps: [...lines.values()], status, currentStep: null, ended };
}

/**
 * More steps than any turn takes that comes to an end; only a loop without a wait reaches it.
 */
export const MAX_STEPS = 1_000;

/**
 * Repeats a step until it gives back the state that it was given: nothing more can be done without a message.
 * @throws Error after `MAX_STEPS`, which is a fault of the rules: a worker that hung would hold up all other runs as well.
 */
export function untilStill<S>(state: S, step: (state: S) => S): S {
  let before = state;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const after = step(before);
    if (after === before) return after;
    before = after;
  }
  throw new Error('the rules go round in a loop without a wait');
}
