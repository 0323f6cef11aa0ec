import { type MailboxItem, repairKinds, type RepairKind } from '../../contracts/core/machine.ts';
import { isObject } from '../conditions/values.ts';
import { later } from '../time/time.ts';
import { leaveAt } from './advance-step.ts';
import type { Place } from './graph.ts';
import { kindOf } from './nodes/node-kinds.ts';
import type { Failure } from './state.ts';
import type { Turn } from './turn.ts';

/** Whether a message takes up a failed run. */
export function isRepair({ kind }: { kind: string }): boolean {
  return (repairKinds as readonly string[]).includes(kind);
}

/** What can be done about the step at which a run failed; one without an output is not completed by hand. */
export function repairsOf({ node, branches }: Place): RepairKind[] {
  return repairKinds.filter(
    (kind) => kind !== 'complete' || (branches.length === 0 && kindOf(node).output(node) !== null),
  );
}

/**
 * Takes up a run that failed, before anything else that it has received: where it stood then, with the failed step to do once more, left out,
 * or done with an output. A repeated message, and one for a step that is not there any more, changes nothing.
 */
export function repair(turn: Turn, item: MailboxItem): void {
  const { end, clock } = turn.state;
  const failure = end?.failure ?? failureOf(item);
  const place = failure && turn.graph.places.get(failure.step);
  if (end?.status !== 'failed' || !place) return;
  turn.state = { ...turn.state, tokens: failure.tokens, end: null, clock: later(clock, item.at) };
  const token = failure.tokens.find(({ position }) => position.kind === 'arriving' && position.step === failure.step);
  if (!token) return;
  const { output } = item.payload;
  if (item.kind === 'skip')
    leaveAt(turn, token, place, { kind: 'leave', isSkipped: true, detail: { reason: 'left out by a person' } });
  else if (item.kind === 'complete' && isObject(output))
    leaveAt(turn, token, place, { kind: 'leave', detail: { byHand: true }, output });
}

/** Of a state of before: it stood in one place, and the message names it. */
function failureOf({ payload: { step } }: MailboxItem): Failure | null {
  return typeof step === 'string' ? { step, tokens: [{ fork: null, position: { kind: 'arriving', step } }] } : null;
}
