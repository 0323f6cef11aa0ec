import type { Role } from '../../contracts/access/access.ts';
import type { GateAssignee, GateField, GateOutcome } from '../../contracts/core/machine.ts';

/** Who decides. A key stands for its maker too, where duties are separated. */
export type Voter = { kind: 'member' | 'apiKey'; id: string; roles: readonly Role[]; createdBy: string | null };

/** A gate as the policy sees it; instants are ISO 8601. */
export type GateView = {
  status: 'open' | 'decided' | 'expired' | 'withdrawn';
  round: number;
  contentHash: string;
  outcomes: readonly GateOutcome[];
  assignee: GateAssignee;
  requestedBy: string | null;
  dueAt: string | null;
  onTimeout: string | null;
};

/** What the voter says, and which round and content they saw. */
export type Ballot = {
  outcome: string;
  round: number;
  expectedHash: string;
  comment: string | null;
  form?: Readonly<Record<string, unknown>> | undefined;
};

/** Why a ballot does not count; each is a stable code of the API. */
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

/** `settles`: the gate takes this outcome. `repeats`: the same voter said the same before, and it already counts. */
export type Judgement =
  { kind: 'settles' } | { kind: 'repeats' } | { kind: 'refused'; code: Refusal; field?: GateField };

/**
 * Judges one ballot: the first decision of an assigned person settles the gate, if they did not request it themselves, saw
 * this round and this content, and the deadline's outcome is not due. Pure; the caller holds the gate's lock.
 */
export function judgeDecision(
  gate: GateView,
  ballot: Ballot,
  voter: Voter,
  circumstances: { now: string; earlierOutcome: string | null },
): Judgement {
  if (!isAssigned(gate.assignee, voter)) return refused('gate.notAssigned');
  if (isRequester(gate.requestedBy, voter)) return refused('gate.separationOfDuties');
  if (gate.status !== 'open') {
    const isRepeat = gate.round === ballot.round && circumstances.earlierOutcome === ballot.outcome;
    if (gate.status === 'decided' && isRepeat) return { kind: 'repeats' };
    return refused(`gate.${gate.status}`);
  }
  if (gate.round !== ballot.round || gate.contentHash !== ballot.expectedHash) return refused('gate.stale');
  if (isPast(gate, circumstances.now)) return refused('gate.expired');
  const outcome = gate.outcomes.find((each) => each.name === ballot.outcome);
  if (!outcome) return refused('gate.unknownOutcome');
  if (outcome.comment === 'required' && !ballot.comment?.trim()) return refused('gate.commentRequired');
  const field = outcome.fields?.find((each) => !isWithin(each, ballot.form?.[each.name]));
  return field ? { kind: 'refused', code: 'gate.fieldInvalid', field } : { kind: 'settles' };
}

/** Whether a value is a number that the field takes. */
export function isWithin({ min, max }: Pick<GateField, 'min' | 'max'>, value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** Whether the gate names this voter, or a role that the voter holds. A role of the workspace alone gives no other right. */
export function isAssigned(assignee: GateAssignee, voter: Pick<Voter, 'kind' | 'id' | 'roles'>): boolean {
  switch (assignee.kind) {
    case 'member':
      return voter.kind === 'member' && voter.id === assignee.id;
    case 'role':
      return voter.roles.some((role) => role === assignee.id);
  }
}

function isRequester(requestedBy: string | null, voter: Voter): boolean {
  return requestedBy !== null && (requestedBy === voter.id || requestedBy === voter.createdBy);
}

/** A deadline without an outcome of its own does not close the gate: it stays open until a person decides. */
function isPast(gate: GateView, now: string): boolean {
  return gate.dueAt !== null && gate.onTimeout !== null && Date.parse(gate.dueAt) <= Date.parse(now);
}

function refused(code: Refusal): Judgement {
  return { kind: 'refused', code };
}
