import type { StepChange } from '../../contracts/core/machine.ts';

/** One visit of a step: what its action, its gate and its line are known by. */
export type Visit = { step: string; visit: number };

/** The id of a visit, which is also that of the action it asks for. */
export function visitId({ step, visit }: Visit): string {
  return `${step}/${visit}`;
}

/** The number of a step's next visit, counted from 1. */
export function nextVisit(visits: Readonly<Record<string, number>>, step: string): number {
  return (visits[step] ?? 0) + 1;
}

/** The timeline's lines that a turn changes, by their visit, in the order in which the turn came to them. */
export type Lines = Map<string, StepChange>;

/**
 * Notes a line of the timeline. A later change of the same visit is laid over the earlier as a later turn lays it over the row: the beginning and the
 * details stay, so that messages leave the same line whether one turn receives them or two.
 */
export function noteLine(lines: Lines, change: StepChange): void {
  const id = visitId(change);
  const earlier = lines.get(id);
  const detail = { ...earlier?.detail, ...change.detail };
  lines.set(id, {
    ...(earlier?.startedAt === undefined ? {} : { startedAt: earlier.startedAt }),
    ...change,
    ...(Object.keys(detail).length > 0 ? { detail } : {}),
  });
}
