import type { DelayNode } from '../../../contracts/journeys/nodes.schema.ts';
import { durationWords } from '../duration-words.ts';
import { unexpected, type Scope } from '../node-result.ts';
import { afterPause } from '../../time/pause.ts';
import { isReached, justBefore, nextLocalTime, plus } from '../../time/time.ts';
import { defineKind } from './node-kind.ts';

/** Waits for `for`, then for the local time. */
export const delay = defineKind<DelayNode>({
  begin: (node, scope) => ({ kind: 'open', opened: { kind: 'time', dueAt: dueOf(node, scope) } }),
  /** Who has moved to another zone meanwhile, or is far behind, waits for that time there. */
  settle(node, result, { at, zone }) {
    if (result.kind !== 'due') return unexpected(result);
    if (node.at === undefined) return { kind: 'leave' };
    const dueAt = nextLocalTime(justBefore(at), node.at, node.weekdays ?? [], zone);
    return isReached(dueAt, at) ? { kind: 'leave' } : { kind: 'open', opened: { kind: 'time', dueAt } };
  },
  /** A local time stays one: who would go on at three in the afternoon waits for nine again. */
  afterPause(node, dueAt, pause) {
    const due = afterPause(node.pausedDeadline ?? 'recheck', dueAt, pause);
    if (node.at === undefined || due === dueAt) return due;
    return nextLocalTime(justBefore(due), node.at, node.weekdays ?? [], pause.zone);
  },
  waits: true,
  durations: (node) => (node.for === undefined ? [] : [['for', node.for]]),
  faults(node) {
    if (node.for === undefined && node.at === undefined) {
      const hint = 'Give it `for`, `at` or both.';
      return [{ field: '', code: 'delay.empty', message: 'This delay waits for nothing', hint }];
    }
    if (node.weekdays === undefined || node.at !== undefined) return [];
    const hint = 'Give it `at`, such as 09:00.';
    return [{ field: '', code: 'delay.weekdaysWithoutTime', message: 'Weekdays without a time', hint }];
  },
  draw: (node) => ({
    detail: [
      [node.for && durationWords(node.for), node.at && `until ${node.at} their time`].filter(Boolean).join(', then '),
      node.pausedDeadline === 'extend' && 'pauses not counted',
    ]
      .filter(Boolean)
      .join(', '),
  }),
});

/** Without `for` it is the *next* such time: a daily loop that begins again on the dot waits for tomorrow. */
function dueOf(node: DelayNode, { at, zone }: Scope): string {
  const after = node.for === undefined ? at : plus(at, node.for, zone);
  if (node.at === undefined) return after;
  return nextLocalTime(node.for === undefined ? at : justBefore(after), node.at, node.weekdays ?? [], zone);
}
