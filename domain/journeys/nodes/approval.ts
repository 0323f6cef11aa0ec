import type { ApprovalNode, ApprovalOutcome } from '../../../contracts/journeys/nodes.schema.ts';
import type { GateOutcome } from '../../../contracts/core/machine.ts';
import { isObject, valueOf } from '../../conditions/values.ts';
import { durationWords } from '../duration-words.ts';
import { unexpected, type Scope } from '../node-result.ts';
import { afterPause } from '../../time/pause.ts';
import { plus } from '../../time/time.ts';
import { defineFailing } from './actions.ts';
import { outputOf, ON_ERROR, type NodeFault } from './node-kind.ts';
import { titleOf } from './node-title.ts';
import { valueUses } from './uses.ts';

/** Opens a gate with the outcomes that are still to be had, and goes into the branch of the one chosen; it fails where it would show too much. Output: `{ outcome, comment, form }`. */
export const approval = defineFailing<ApprovalNode>({
  begin(node, scope) {
    const shown = valueOf(node.show, scope.facts);
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
  },
  settle(_, result) {
    if (result.kind !== 'gate') return unexpected(result);
    const { outcome, comment, form, round } = result;
    return {
      kind: 'leave',
      branch: outcome,
      detail: { outcome, comment, round },
      output: { outcome, comment, form },
    };
  },
  afterPause: (node, dueAt, pause) => afterPause(node.pausedDeadline ?? 'extend', dueAt, pause),
  branches: (node) => node.outcomes.map(({ name, steps }, index) => ({ name, path: `outcomes.${index}.steps`, steps })),
  withBranches: (node, map) => ({
    ...node,
    outcomes: node.outcomes.map((outcome) => ({ ...outcome, steps: map(outcome.steps) })),
  }),
  ways: ({ outcomes }) => ({ kind: 'branches', names: outcomes.map(({ name }) => name) }),
  took: ({ outcome }) => (typeof outcome === 'string' ? outcome : null),
  waits: true,
  durations: (node) => (node.due === undefined ? [] : [['due', node.due]]),
  uses: (node) => valueUses('show', node.show),
  assignee: (node) => node.assign,
  output: () => outputOf('outcome', 'comment', 'form'),
  faults: (node) => [...outcomeFaults(node), ...deadlineFaults(node)],
  scripted: (node) => ({
    kind: 'decision',
    outcomes: node.outcomes.map(({ name, label = name }) => ({ name, label })),
  }),
  draw: (node) => ({
    detail: `${node.assign.kind === 'role' ? `A person with the role ${node.assign.id}` : 'One person'}${node.due ? `, within ${durationWords(node.due)}` : ''}${node.pausedDeadline === 'recheck' ? ', pauses counted' : ''}`,
    branches: Object.fromEntries(node.outcomes.map(({ name, label }) => [name, label ?? name])),
  }),
});

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

function outcomeFaults({ outcomes, onError }: ApprovalNode): NodeFault[] {
  const names = outcomes.map((outcome) => outcome.name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const faults: NodeFault[] = [...repeated].map((name) => ({
    field: 'outcomes',
    code: 'approval.duplicateOutcome',
    message: `The outcome '${name}' is there twice`,
    hint: 'Give each its own name.',
  }));
  if (onError && names.includes(ON_ERROR)) {
    const message = `An outcome has the name of the branch for its failure, '${ON_ERROR}'`;
    faults.push({
      field: 'outcomes',
      code: 'approval.reservedOutcome',
      message,
      hint: 'Give the outcome another name.',
    });
  }
  if (outcomes.every((outcome) => outcome.max !== undefined)) {
    faults.push({
      field: 'outcomes',
      code: 'approval.onlyLimitedOutcomes',
      message: 'Every outcome has a `max`, so that none may be left',
      hint: 'Leave one outcome without a `max`.',
    });
  }
  return faults;
}

function deadlineFaults(node: ApprovalNode): NodeFault[] {
  const { onTimeout: name } = node;
  if (name === undefined) return [];
  const field = 'onTimeout';
  const faults: NodeFault[] = [];
  const outcome = node.outcomes.find((candidate) => candidate.name === name);
  if (!outcome) {
    const hint = `Take one of: ${node.outcomes.map((candidate) => candidate.name).join(', ')}.`;
    faults.push({ field, code: 'approval.timeoutNotAnOutcome', message: `'${name}' is no outcome`, hint });
  }
  if (node.due === undefined) {
    const message = 'It says what happens at the deadline, but not when that is';
    faults.push({ field, code: 'approval.timeoutWithoutDue', message, hint: 'Give it `due`, such as PT3H.' });
  }
  if (outcome?.max !== undefined) {
    const message = `'${name}' comes with the deadline and cannot have a 'max'`;
    const hint = 'Remove its `max`, or take another outcome.';
    faults.push({ field, code: 'approval.timeoutLimited', message, hint });
  }
  return faults;
}
