import type { ApprovalNode, ApprovalOutcome } from '../../../contracts/journey.ts';
import type { GateOutcome } from '../../../contracts/machine.ts';
import { evaluate, isObject } from '../../conditions/values.ts';
import { titleOf } from '../graph.ts';
import { unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';
import { plus } from '../time.ts';

/** Opens the gate with the outcomes that are still to be had. */
export function beginApproval(node: ApprovalNode, scope: Scope): Move {
  const shown = evaluate(node.show, scope.facts);
  return {
    kind: 'open',
    opened: {
      kind: 'gate',
      title: titleOf(node),
      outcomes: offered(node, scope).map(asGateOutcome),
      assignee: node.assign,
      content: isObject(shown) ? shown : { value: shown },
      dueAt: node.due === undefined ? null : plus(scope.at, node.due, scope.zone),
      onTimeout: node.onTimeout ?? null,
    },
  };
}

/** Output: `{ outcome, comment, form }`. */
export function settleApproval(settled: Settlement): Move {
  if (settled.kind !== 'gate') return unexpected(settled);
  const { outcome, comment, form, round } = settled;
  return {
    kind: 'leave',
    branch: outcome,
    detail: { outcome, comment, round },
    output: { outcome, comment, form },
  };
}

/** The outcome of the deadline is always among them, and a gate always has one: it must be possible to decide it. */
function offered(node: ApprovalNode, scope: Scope): readonly ApprovalOutcome[] {
  const left = node.outcomes.filter((outcome) => {
    const chosen = scope.state.decisions[`${node.id}/${outcome.name}`] ?? 0;
    return outcome.max === undefined || chosen < outcome.max || outcome.name === node.onTimeout;
  });
  return left.length > 0 ? left : node.outcomes;
}

function asGateOutcome({ name, label, comment }: ApprovalOutcome): GateOutcome {
  const words = label ?? name.charAt(0).toUpperCase() + name.slice(1);
  return comment === undefined ? { name, label: words } : { name, label: words, comment };
}
