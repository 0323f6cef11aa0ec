import type { Role } from '../../contracts/access/access.ts';
import type { GateField } from '../../contracts/approvals/gate-field.schema.ts';
import type { GateStatus } from '../../contracts/approvals/gates-api.schema.ts';
import type { GateAssignee, GateOutcome } from '../../contracts/core/machine.ts';

/** Who decides. A key stands for its maker too, where duties are separated. */
export type Decider = { kind: 'member' | 'apiKey'; id: string; roles: readonly Role[]; createdBy: string | null };

/** A gate as the policy sees it; instants are ISO 8601. */
export type GateView = {
  status: GateStatus;
  round: number;
  contentHash: string;
  outcomes: readonly GateOutcome[];
  assignee: GateAssignee;
  requestedBy: string | null;
  dueAt: string | null;
  onTimeout: string | null;
};

/** What the decider says, and which round and content they saw. */
export type GivenDecision = {
  outcome: string;
  round: number;
  expectedHash: string;
  comment: string | null;
  form?: Readonly<Record<string, unknown>> | undefined;
};

/** Why a decision does not count; each is a stable code of the API. */
export type Refusal =
  | 'gate.notAssigned'
  | 'gate.separationOfDuties'
  | 'gate.decided'
  | 'gate.expired'
  | 'gate.withdrawn'
  | 'gate.stale'
  | 'gate.unknownOutcome'
  | 'gate.commentRequired'
  | 'gate.fieldInvalid';

/** `settles`: the gate takes this outcome. `repeats`: the same decider decided the same before, and it already counts. */
export type DecisionCheck =
  { kind: 'settles' } | { kind: 'repeats' } | { kind: 'refused'; code: Refusal; field?: GateField };

/**
 * Validates one decision: the first of an assigned person settles the gate, if they did not request it themselves, saw this
 * round and this content, and the deadline's outcome is not due; while the run is paused no deadline is. Pure; the caller holds the gate's lock.
 */
export function validateDecision(
  gate: GateView,
  decision: GivenDecision,
  decider: Decider,
  circumstances: { now: string; earlierOutcome: string | null; isPaused?: boolean; isLeft?: boolean },
): DecisionCheck {
  if (!isAssigned(gate.assignee, decider, circumstances.isLeft)) return refused('gate.notAssigned');
  if (isRequester(gate.requestedBy, decider)) return refused('gate.separationOfDuties');
  if (gate.status !== 'open') {
    const isRepeat = gate.round === decision.round && circumstances.earlierOutcome === decision.outcome;
    if (gate.status === 'decided' && isRepeat) return { kind: 'repeats' };
    return refused(`gate.${gate.status}`);
  }
  if (gate.round !== decision.round || gate.contentHash !== decision.expectedHash) return refused('gate.stale');
  if (!circumstances.isPaused && isPast(gate, circumstances.now)) return refused('gate.expired');
  const outcome = gate.outcomes.find((each) => each.name === decision.outcome);
  if (!outcome) return refused('gate.unknownOutcome');
  if (outcome.comment === 'required' && !decision.comment?.trim()) return refused('gate.commentRequired');
  const field = outcome.fields?.find((each) => !isWithin(each, decision.form?.[each.name]));
  return field ? { kind: 'refused', code: 'gate.fieldInvalid', field } : { kind: 'settles' };
}

/** Whether a value is a number that the field takes. */
export function isWithin({ min, max }: Pick<GateField, 'min' | 'max'>, value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

/**
 * Whether the gate names this decider, or a role that the decider holds. A role of the workspace alone gives no other
 * right, but where nobody is there whom the gate names (`isLeft`) its admins decide.
 */
export function isAssigned(
  assignee: GateAssignee,
  decider: Pick<Decider, 'kind' | 'id' | 'roles'>,
  isLeft = false,
): boolean {
  if (isLeft && decider.kind === 'member' && decider.roles.includes('admin')) return true;
  switch (assignee.kind) {
    case 'member':
      return decider.kind === 'member' && decider.id === assignee.id;
    case 'role':
      return decider.roles.some((role) => role === assignee.id);
  }
}

/** Whether a decider, or who made the key that decides, has asked for what is to be approved. */
export function isRequester(requestedBy: string | null, decider: Pick<Decider, 'id' | 'createdBy'>): boolean {
  return requestedBy !== null && (requestedBy === decider.id || requestedBy === decider.createdBy);
}

/** A deadline without an outcome of its own does not close the gate: it stays open until a person decides. */
function isPast(gate: GateView, now: string): boolean {
  return gate.dueAt !== null && gate.onTimeout !== null && Date.parse(gate.dueAt) <= Date.parse(now);
}

function refused(code: Refusal): DecisionCheck {
  return { kind: 'refused', code };
}
