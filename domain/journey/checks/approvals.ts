import type { ApprovalNode } from '../../../contracts/journey.ts';
import { atNode, type Check } from './problems.ts';

/** Outcomes and deadlines of approvals, and time-out branches of waits that never time out. */
export const checkDecisions: Check = (_, graph) =>
  [...graph.places.values()].flatMap((place) => {
    const { node } = place;
    if (node.kind === 'approval') {
      return approvalFaults(node).map(({ field, code, message, hint }) => atNode(place, code, message, hint, field));
    }
    if (node.kind !== 'waitFor' || node.onTimeout === undefined || node.timeout !== undefined) return [];
    const message = 'It has a branch for its time-out, but no time-out';
    return [atNode(place, 'waitFor.branchWithoutTimeout', message, 'Give it `timeout`.', 'onTimeout')];
  });

type Fault = { field: string; code: string; message: string; hint: string };

function approvalFaults(node: ApprovalNode): Fault[] {
  const names = node.outcomes.map((outcome) => outcome.name);
  const faults: Fault[] = [];
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  for (const name of new Set(repeated)) {
    const message = `The outcome '${name}' is there twice`;
    faults.push({ field: 'outcomes', code: 'approval.duplicateOutcome', message, hint: 'Give each its own name.' });
  }
  if (node.outcomes.every((outcome) => outcome.max !== undefined)) {
    const message = 'Every outcome has a `max`, so that none may be left';
    const hint = 'Leave one outcome without a `max`.';
    faults.push({ field: 'outcomes', code: 'approval.onlyLimitedOutcomes', message, hint });
  }
  return node.onTimeout === undefined ? faults : [...faults, ...deadlineFaults(node, node.onTimeout)];
}

function deadlineFaults(node: ApprovalNode, name: string): Fault[] {
  const field = 'onTimeout';
  const faults: Fault[] = [];
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
    faults.push({
      field,
      code: 'approval.timeoutLimited',
      message,
      hint: 'Remove its `max`, or take another outcome.',
    });
  }
  return faults;
}
