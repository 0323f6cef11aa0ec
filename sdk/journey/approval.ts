import type { IsoDuration, PausedDeadline } from '../../contracts/journeys/nodes.schema.ts';
import type { GateAssignee, GateOutcome } from '../../contracts/core/machine.ts';
import type { UsesOf } from './marks.ts';
import { given, nodesOf } from './nodes.ts';
import type { Step, TracesOf } from './order.ts';
import { expressionOf } from './values.ts';

/** What follows an outcome: its steps, or its steps with how it is offered. */
export type OutcomeBranch =
  | readonly Step[]
  | { label?: string; comment?: NonNullable<GateOutcome['comment']>; max?: number; steps: readonly Step[] };

type StepsOf<B> = B extends readonly Step[]
  ? B
  : B extends { steps: infer S extends readonly Step[] }
    ? S
    : readonly [];

/** A branch's traces, for each branch of a union on its own. */
type BranchTraces<B> = B extends unknown ? TracesOf<StepsOf<B>> : never;

/** What is shown: a value, or values under names with the steps they use. */
type UsesOfShown<S> = UsesOf<S> | UsesOf<S[keyof S]>;

/** Anyone with the role decides. */
export function role(id: string): GateAssignee {
  return { kind: 'role', id };
}

/** This member decides. */
export function member(id: string): GateAssignee {
  return { kind: 'member', id };
}

/**
 * Asks a person. `onTimeout` is the outcome that comes when `due` has passed. A pause does not count; with `pausedDeadline: 'recheck'` a deadline that
 * ran out in it brings its outcome when the run goes on.
 */
export function approval<
  const Id extends string,
  const S extends object,
  const O extends Readonly<Record<string, OutcomeBranch>>,
>(
  id: Id,
  request: {
    assign: GateAssignee;
    show: S;
    outcomes: O;
    due?: IsoDuration;
    pausedDeadline?: PausedDeadline;
    onTimeout?: keyof O & string;
    title?: string;
  },
): Step<{ id: Id; uses: UsesOfShown<S>; goes: never; inner: BranchTraces<O[keyof O]> }> {
  const { assign, show, outcomes, due, pausedDeadline, onTimeout, title } = request;
  return {
    node: {
      id,
      kind: 'approval',
      assign,
      show: expressionOf(show),
      outcomes: Object.entries(outcomes).map(([name, branch]) => {
        const { steps, ...how } = isList(branch) ? { steps: branch } : branch;
        return { name, ...how, steps: nodesOf(steps) };
      }),
      ...given({ title, due, pausedDeadline, onTimeout }),
    },
  };
}

function isList(branch: OutcomeBranch): branch is readonly Step[] {
  return Array.isArray(branch);
}
