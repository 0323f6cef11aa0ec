import type { GateSpec, MailboxItem } from '../../../contracts/core/machine.ts';
import { nothingOpen, type Open } from '../../machine/open.ts';
import { decides, text, textOr } from '../../machine/received.ts';
import { toEnd, type BatchPlan, type BatchState, type BatchTurn } from '../batch-state.ts';

/** What a gate asks and shows. */
type Asked = (plan: BatchPlan, state: BatchState) => Pick<GateSpec, 'title' | 'outcomes' | 'content'>;

/** What a stage says in which a person decides. */
export type GateParts = {
  gate: Asked | null;
  /** What follows an outcome, apart from `stop`. */
  decide(state: BatchState, outcome: string): BatchState;
  /** What follows when the last document was decided by itself; null where documents are not decided one by one. */
  decideLast: ((state: BatchState) => BatchState) | null;
};

/** The gate of the stage that the batch is in; it has no deadline. */
export function openGate(gate: Asked, state: BatchState, { plan }: BatchTurn): Open {
  const common = { ...visitOf(state), assignee: plan.approver, dueAt: null, onTimeout: null };
  return { ...nothingOpen, gates: [{ ...common, ...gate(plan, state) }] };
}

/** Receives the decision. The last single one ends the stage as well: the button for all of it is not needed afterwards. */
export function receiveDecision(
  { decide, decideLast }: Pick<GateParts, 'decide' | 'decideLast'>,
  state: BatchState,
  item: MailboxItem,
): BatchState {
  if (item.kind === 'documentDecision' && decideLast && item.payload['undecided'] === 0) return decideLast(state);
  const outcome = decides(item, visitOf(state)) ? text(item.payload, 'outcome') : null;
  if (outcome === null) return state;
  if (outcome !== 'stop') return decide(state, outcome);
  const reason = textOr(item.payload, 'comment', `stopped at ${state.stage}`);
  return toEnd(state, { status: 'exited', outcome: 'stopped', reason });
}

/** A batch comes to each stage once. */
function visitOf({ stage }: BatchState): { step: string; visit: number } {
  return { step: stage, visit: 1 };
}
