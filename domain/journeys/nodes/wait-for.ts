import type { WaitForNode } from '../../../contracts/journeys/nodes.schema.ts';
import { durationWords } from '../duration-words.ts';
import { unexpected } from '../node-result.ts';
import { afterPause } from '../../time/pause.ts';
import { later, plus } from '../../time/time.ts';
import { isMeant, keyOf, sinceEntry } from '../triggers.ts';
import { defineKind, eventWords, outputOf } from './node-kind.ts';
import { triggerUses } from './uses.ts';

/**
 * Listens for the event; one that came since the entry counts, unless an earlier visit has had its turn with it. Output:
 * `{ arrived, event?, key?, properties?, occurredAt? }`.
 */
export const waitFor = defineKind<WaitForNode>({
  begin(node, scope) {
    const { entry, waits } = scope.state;
    const since = node.since === 'step' ? scope.at : sinceEntry(entry);
    const heardUntil = waits[node.id]?.heardUntil ?? waits[node.id]?.endedAt;
    return {
      kind: 'open',
      opened: {
        kind: 'event',
        eventName: node.on.event,
        key: keyOf(node.on, scope.facts),
        from: heardUntil === undefined ? since : later(heardUntil, since),
        dueAt: node.timeout === undefined ? null : plus(scope.at, node.timeout, scope.zone),
      },
    };
  },
  receive(node, event, { state, facts, opened }) {
    const isUsedUp = event.id !== null && state.waits[node.id]?.eventId === event.id;
    if (isUsedUp || !isMeant(event, node.on, opened.key, facts)) return null;
    const { id, name, key, properties, occurredAt, receivedAt } = event;
    return { kind: 'event', id, name, key, properties, occurredAt, receivedAt };
  },
  settle(_, result) {
    if (result.kind === 'due')
      return { kind: 'leave', branch: 'onTimeout', detail: { timedOut: true }, output: { arrived: false } };
    if (result.kind !== 'event') return unexpected(result);
    const { name, key, properties, occurredAt } = result;
    return {
      kind: 'leave',
      branch: 'onEvent',
      detail: { event: name, key, occurredAt },
      output: { arrived: true, event: name, key, properties, occurredAt },
    };
  },
  afterPause: (node, dueAt, pause) => afterPause(node.pausedDeadline ?? 'recheck', dueAt, pause),
  branches: (node) => [
    { name: 'onEvent', path: 'onEvent', steps: node.onEvent ?? [] },
    { name: 'onTimeout', path: 'onTimeout', steps: node.onTimeout ?? [] },
  ],
  withBranches: (node, map) => ({
    ...node,
    ...(node.onEvent ? { onEvent: map(node.onEvent) } : {}),
    ...(node.onTimeout ? { onTimeout: map(node.onTimeout) } : {}),
  }),
  ways(node) {
    const canTimeOut = node.timeout !== undefined || node.onTimeout !== undefined;
    return { kind: 'branches', names: canTimeOut ? ['onEvent', 'onTimeout'] : ['onEvent'] };
  },
  took: ({ timedOut, event }) => (timedOut === true ? 'onTimeout' : typeof event === 'string' ? 'onEvent' : null),
  waits: true,
  durations: (node) => (node.timeout === undefined ? [] : [['timeout', node.timeout]]),
  uses: (node) => triggerUses('on', node.on),
  output: () => outputOf('arrived', 'event', 'key', 'properties', 'occurredAt'),
  faults(node) {
    if (node.onTimeout === undefined || node.timeout !== undefined) return [];
    const message = 'It has a branch for its time-out, but no time-out';
    const hint = 'Give it `timeout`.';
    return [{ field: 'onTimeout', code: 'waitFor.branchWithoutTimeout', message, hint }];
  },
  scripted: (node) => ({ kind: 'event', name: node.on.event }),
  draw: (node) => ({
    detail: `${eventWords(node.on)}${node.timeout ? `, up to ${durationWords(node.timeout)}` : ''}${node.pausedDeadline === 'extend' ? ', pauses not counted' : ''}`,
    branches: { onEvent: 'Event received', onTimeout: 'Time was up' },
  }),
});
