import type { Action, ActionName, ActionParams, ActionRequest } from '../../contracts/core/actions.ts';
import type { Advanced } from '../../contracts/core/machine.ts';
import { earlier } from '../time/time.ts';
import { visitId, type Visit } from './lines.ts';

/**
 * What is open, and `dueAt`: when the machine wants to be called again without a message, null for never. A machine returns all that is open,
 * never a delta.
 */
export type Open = Pick<Advanced<unknown>, 'actions' | 'gates' | 'waits' | 'dueAt'>;

/** Nothing is open and nothing is due. */
export const nothingOpen: Open = { actions: [], gates: [], waits: [], dueAt: null };

/** Several parts of a run as one: all that is open in any of them, due when the first of them is. */
export function together(parts: readonly Partial<Open>[]): Open {
  const due = parts.map(({ dueAt }) => dueAt ?? null).filter((dueAt) => dueAt !== null);
  return {
    actions: parts.flatMap(({ actions = [] }) => actions),
    gates: parts.flatMap(({ gates = [] }) => gates),
    waits: parts.flatMap(({ waits = [] }) => waits),
    dueAt: due.length === 0 ? null : due.reduce(earlier),
  };
}

/** Makes the open action of a visit. */
export function openAction<N extends ActionName>(
  activity: N,
  { step, visit }: Visit,
  params: ActionParams<N>,
): Action<N> {
  return { id: visitId({ step, visit }), step, visit, activity, params };
}

/** Makes the open action of a visit from a request that is at hand. */
export function openRequest({ step, visit }: Visit, request: ActionRequest): Action {
  return { id: visitId({ step, visit }), step, visit, ...request };
}
