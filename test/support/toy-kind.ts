import type { Action } from '../../contracts/core/actions.ts';
import type { Advanced, GateSpec, JsonObject, MailboxItem, WaitSpec } from '../../contracts/core/machine.ts';
import { runKindNames, type RunKindName } from '../../contracts/runs/run-kinds.schema.ts';
import type { RunKind } from '../../activities/engine/run-kind.ts';

/**
 * A machine for tests of the engine itself. Its script is a list of acts that it goes through one by one; what it received
 * is kept in its state, so that a test can read it.
 */
export type ToyAct =
  | { kind: 'action'; activity: Action['activity']; params?: JsonObject }
  | { kind: 'delay'; ms: number }
  | { kind: 'wait'; event: string; ms?: number }
  | { kind: 'gate'; ms?: number; onTimeout?: string };

type ToyState = {
  at: number;
  visit: number;
  dueAt: string | null;
  enteredAt: string;
  received: string[];
  status: 'running' | 'paused';
};

/** A kind that runs `script` for every run; `exitOn` is an event name that ends it from anywhere. */
export function toyKind(script: ToyAct[], exitOn?: string): RunKind {
  return {
    load: () =>
      Promise.resolve({
        advance: (state, input) => advanceToy(script, exitOn, state as ToyState | null, input.now, input.mailbox),
      }),
  };
}

/** The same machine for runs of every kind. */
export function everyKind(kind: RunKind): Record<RunKindName, RunKind> {
  return Object.fromEntries(runKindNames.map((name) => [name, kind])) as Record<RunKindName, RunKind>;
}

function advanceToy(
  script: ToyAct[],
  exitOn: string | undefined,
  before: ToyState | null,
  now: string,
  mailbox: readonly MailboxItem[],
): Advanced<JsonObject> {
  let state = before ?? enter(script, 0, now, []);
  for (const item of mailbox) {
    state = {
      ...state,
      received: [
        ...state.received,
        `${item.kind}:${item.kind === 'gate' ? (item.payload['outcome'] as string) : (item.ref ?? '')}`,
      ],
    };
    const isExit = item.kind === 'exit' || (item.kind === 'event' && item.payload['purpose'] === 'exit');
    if (isExit) return over(state, 'exited');
    if (item.kind === 'failed') return over(state, 'failed');
    if (answers(script[state.at], state, item)) state = enter(script, state.at + 1, now, state.received);
  }
  const act = script[state.at];
  if (act && act.kind !== 'gate' && state.dueAt !== null && state.dueAt <= now)
    state = enter(script, state.at + 1, now, state.received);
  return state.at >= script.length ? over(state, 'completed') : turnResult(script, exitOn, state);
}

function enter(script: ToyAct[], at: number, now: string, received: string[]): ToyState {
  const act = script[at];
  const ms = act && 'ms' in act ? act.ms : undefined;
  return {
    at,
    visit: 1,
    enteredAt: now,
    received,
    status: 'running',
    dueAt: ms === undefined ? null : new Date(Date.parse(now) + ms).toISOString(),
  };
}

function answers(act: ToyAct | undefined, state: ToyState, item: MailboxItem): boolean {
  if (act?.kind === 'action') return item.kind === 'performed' && item.ref === `s${state.at}/1`;
  if (act?.kind === 'wait') return item.kind === 'event' && item.payload['step'] === `s${state.at}`;
  return act?.kind === 'gate' && item.kind === 'gate' && item.payload['step'] === `s${state.at}`;
}

function turnResult(script: ToyAct[], exitOn: string | undefined, state: ToyState): Advanced<JsonObject> {
  const act = script[state.at];
  const step = `s${state.at}`;
  const actions =
    act?.kind === 'action'
      ? [{ id: `${step}/1`, activity: act.activity, step, visit: 1, params: act.params ?? {} } as Action]
      : [];
  const waits: WaitSpec[] =
    act?.kind === 'wait'
      ? [
          {
            step,
            visit: 1,
            eventName: act.event,
            key: null,
            purpose: 'wait',
            dueAt: state.dueAt,
            from: state.enteredAt,
          },
        ]
      : [];
  if (exitOn)
    waits.push({
      step: 'exit',
      visit: 1,
      eventName: exitOn,
      key: null,
      purpose: 'exit',
      dueAt: null,
      from: '2000-01-01T00:00:00Z',
    });
  const gates: GateSpec[] =
    act?.kind === 'gate'
      ? [
          {
            step,
            visit: 1,
            title: 'Toy',
            outcomes: [
              { name: 'yes', label: 'Yes' },
              { name: 'no', label: 'No' },
            ],
            assignee: { kind: 'role', id: 'approver' },
            content: {},
            dueAt: state.dueAt,
            onTimeout: act.onTimeout ?? null,
          },
        ]
      : [];
  const status = actions.length > 0 ? 'running' : 'waiting';
  const line = {
    step,
    visit: 1,
    kind: act?.kind ?? 'none',
    title: step,
    status: actions.length > 0 ? ('running' as const) : ('waiting' as const),
  };
  return { state, actions, waits, gates, steps: [line], dueAt: state.dueAt, status, currentStep: step, ended: null };
}

function over(state: ToyState, status: 'completed' | 'exited' | 'failed'): Advanced<JsonObject> {
  return {
    state,
    actions: [],
    waits: [],
    gates: [],
    steps: [],
    dueAt: null,
    status,
    currentStep: null,
    ended: { outcome: status, reason: 'toy' },
  };
}
