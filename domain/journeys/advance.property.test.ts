import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JourneyDefinition as Schema } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { Condition, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { advance } from './advance.ts';
import { kindOf } from './nodes/node-kinds.ts';
import { simulateJourney } from './simulation/simulate.ts';
import { startJourney, type JourneyState } from './state.ts';
import type { JourneyInput } from './turn.ts';
import { validateDefinition } from './checks/validate.ts';
import { propertyRuns, unlimited } from '../../test/support/properties.ts';

const START = Date.parse('2026-03-28T20:00:00.000Z');
const HOUR = 3_600_000;
const events = ['paid', 'seen', 'left'] as const;
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

const id = fc.constantFrom(...ids);
const eventName = fc.constantFrom(...events);
const path = fc.constantFrom(['plan'], ['deep', 'er'], ['constructor'], ['text']);
const literal = fc.record({
  kind: fc.constant('literal' as const),
  value: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
});
const value: fc.Arbitrary<ValueExpression> = fc.oneof(
  literal,
  fc.record({ kind: fc.constantFrom('contact' as const, 'entry' as const, 'event' as const), path }),
  fc.record({ kind: fc.constant('output' as const), step: id, path }),
  fc.constant({ kind: 'entryKey' as const }),
  fc.record({ kind: fc.constant('firstOf' as const), values: fc.array(literal, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: fc.constant('text' as const), parts: fc.array(literal, { maxLength: 2 }) }),
);
const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition; leaf: Condition }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      op: fc.constantFrom('equals' as const, 'lessThan' as const, 'contains' as const, 'notEquals' as const),
      left: value,
      right: value,
    }),
    fc.record({ kind: fc.constant('exists' as const), value }),
  ),
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    tie('leaf'),
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('any'), { maxLength: 2 }) }),
    fc.record({ kind: fc.constant('not' as const), condition: tie('any') }),
  ),
})).any;
const trigger = fc.record({ event: eventName, key: value, filter: condition }, { requiredKeys: ['event'] });
const duration = fc.constantFrom('PT1S', 'PT1H', 'P1D', 'P1M', 'PT0S', 'nonsense', 'P9999Y');
const set = fc.dictionary(fc.constantFrom('x', 'y'), value, { maxKeys: 2 });

const steps = fc.letrec<{ list: JourneyNode[]; node: JourneyNode; leaf: JourneyNode; tree: JourneyNode }>((tie) => ({
  list: fc.array(tie('node'), { maxLength: 3 }),
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: tie('leaf') },
    tie('tree'),
  ),
  leaf: fc.oneof(
    fc.record({
      id,
      kind: fc.constant('email' as const),
      content: fc.record({ kind: fc.constant('inline' as const), subject: value, markdown: fc.constant('x') }),
    }),
    fc.record({
      id,
      kind: fc.constant('email' as const),
      content: fc.constant({ kind: 'template' as const, template: 'welcome@4' }),
    }),
    fc.record({ id, kind: fc.constant('delay' as const), for: duration }),
    fc.record({
      id,
      kind: fc.constant('delay' as const),
      at: fc.constantFrom('02:30', '09:00'),
      weekdays: fc.constantFrom([1], [6, 7]),
    }),
    fc.record({ id, kind: fc.constant('updateContact' as const), set }),
    fc.record({ id, kind: fc.constant('crm' as const), upsert: fc.constant('contact' as const), set }),
    fc.record({ id, kind: fc.constant('exit' as const), reason: fc.constant('enough') }),
    fc.record({ id, kind: fc.constant('goTo' as const), target: id }),
    fc.record(
      {
        id,
        kind: fc.constant('llm' as const),
        prompt: fc.constant({ kind: 'stored' as const, prompt: 'p@1' }),
        input: set,
        output: fc.constant({ type: 'object' }),
        budgetMicros: fc.constant(1),
        fallback: fc.constant({ text: 'x' }),
      },
      { requiredKeys: ['id', 'kind', 'prompt', 'input', 'output', 'budgetMicros'] },
    ),
  ),
  tree: fc.oneof(
    fc.record({ id, kind: fc.constant('if' as const), when: condition, yes: tie('list'), no: tie('list') }),
    fc.record(
      {
        id,
        kind: fc.constant('waitFor' as const),
        on: trigger,
        since: fc.constantFrom('entry' as const, 'step' as const),
        timeout: duration,
        onEvent: tie('list'),
        onTimeout: tie('list'),
      },
      { requiredKeys: ['id', 'kind', 'on'] },
    ),
    fc.record(
      {
        id,
        kind: fc.constant('approval' as const),
        assign: fc.constant({ kind: 'role' as const, id: 'ops' }),
        show: value,
        due: duration,
        outcomes: fc.tuple(tie('list'), tie('list')).map(([yes, no]) => [
          { name: 'yes', steps: yes },
          { name: 'no', max: 1, steps: no },
        ]),
        onTimeout: fc.constantFrom('yes', 'no'),
      },
      { requiredKeys: ['id', 'kind', 'assign', 'show', 'outcomes'] },
    ),
  ),
})).list;

const definitions: fc.Arbitrary<JourneyDefinition> = fc.record(
  {
    engineVersion: fc.constant(1 as const),
    slug: fc.constant('any'),
    name: fc.constant('Any'),
    entry: fc.constant([{ event: 'paid' }]),
    reentry: fc.constant('once' as const),
    exitWhen: fc.array(trigger, { maxLength: 1 }),
    goal: fc.record({ when: trigger, within: duration }),
    quietHours: fc.constant({ from: '21:00', to: '02:30', zone: 'contact', over: 'hold' as const }),
    steps,
  },
  { requiredKeys: ['engineVersion', 'slug', 'name', 'entry', 'reentry', 'exitWhen', 'steps'] },
);

const visit = fc.integer({ min: 1, max: 2 });
const item = fc.oneof(
  fc.record({
    kind: fc.constantFrom('performed', 'failed'),
    ref: fc.tuple(id, visit).map(([step, n]) => `${step}/${n}`),
    payload: fc.constantFrom<JsonObject>({}, { text: 'ok' }, { skipped: 'no consent' }),
  }),
  fc.record({
    kind: fc.constant('event'),
    ref: fc.constantFrom('e-1', 'e-2', 'e-3'),
    payload: fc.record({
      name: eventName,
      key: fc.constantFrom('k', null),
      properties: fc.constantFrom<JsonObject>({}, { plan: 'pro' }),
      purpose: fc.constantFrom('wait', 'wait', 'exit', 'goal'),
    }),
  }),
  fc.record({
    kind: fc.constant('gate'),
    ref: fc.constant('g'),
    payload: fc.record({ step: id, visit, outcome: fc.constantFrom('yes', 'no', 'what') }),
  }),
  fc.constantFrom(
    { kind: 'pause', ref: null, payload: {} },
    { kind: 'resume', ref: null, payload: {} },
    { kind: 'resume', ref: null, payload: {} },
    { kind: 'exit', ref: null, payload: {} },
    { kind: 'new', ref: null, payload: { odd: 1 } },
  ),
);
/** Rows an hour or more apart, in the order of their seq. */
const mailboxes: fc.Arbitrary<MailboxItem[]> = fc
  .array(fc.tuple(item, fc.integer({ min: 0, max: 40 })), { maxLength: 12 })
  .map((rows) => {
    let at = START;
    return rows.map(([row, hours], index) => {
      at += hours * HOUR;
      return { ...row, seq: index + 1, at: new Date(at).toISOString() };
    });
  });

const contact = { externalId: 'ana', timeZone: 'Europe/Berlin', plan: 'pro' };
const begin = (): JourneyState =>
  startJourney({
    eventId: 'e-1',
    event: 'paid',
    key: 'k',
    properties: { plan: 'pro' },
    receivedAt: new Date(START).toISOString(),
  });
const input = (now: string, mailbox: readonly MailboxItem[]): JourneyInput => ({
  now,
  contact,
  mailbox,
  workspaceZone: 'UTC',
});
/** Turns at one instant until nothing is left, as the engine makes them. */
function catchUp(
  definition: JourneyDefinition,
  state: JourneyState,
  now: string,
  mailbox: readonly MailboxItem[],
): Advanced<JourneyState> {
  const result = advance(definition, state, input(now, mailbox));
  const { left = [], state: reached, status } = result;
  const isBehind = left.length > 0 || (reached.lateTimers !== undefined && status !== 'paused');
  const rest = mailbox.filter((row) => left.includes(row.seq));
  return isBehind ? catchUp(definition, result.state, now, rest) : result;
}
const endOf = (mailbox: readonly MailboxItem[]): string => mailbox.at(-1)?.at ?? new Date(START).toISOString();

/** The same steps, each with an id of its own; a target may be none of them. */
function withUniqueIds(list: readonly JourneyNode[]): JourneyNode[] {
  let count = 0;
  const rename = (nodes: readonly JourneyNode[]): JourneyNode[] =>
    nodes.map((node) => {
      const id = ids[count] ?? `n${count}`;
      count += 1;
      return { ...kindOf(node).withBranches(node, rename), id };
    });
  return rename(list);
}

/** What must hold after every turn. */
function expectSound(result: Advanced<JourneyState>, mailbox: readonly MailboxItem[]): void {
  const isFinal = ['completed', 'exited', 'failed'].includes(result.status);
  expect(result.ended !== null).toBe(isFinal);
  // What may still be its goal is waited for after the end.
  const waits = result.waits.filter(({ purpose }) => purpose !== 'goal');
  const open = [...result.actions, ...waits, ...result.gates];
  expect(isFinal ? [open, result.dueAt, result.currentStep] : [[], null, null]).toEqual([[], null, null]);
  const actions = { running: 1, paused: 0, waiting: 0, completed: 0, exited: 0, failed: 0 }[result.status];
  // A pause that the next turn receives holds what would be done before it.
  const isHeld = mailbox.some(({ kind, seq }) => kind === 'pause' && result.left?.includes(seq));
  expect(result.actions).toHaveLength(isHeld ? 0 : actions);
  const commands = result.actions.map((action) => action.id);
  expect(new Set(commands).size).toBe(commands.length);
  const lines = result.steps.map((step) => `${step.step}/${step.visit}`);
  expect(new Set(lines).size).toBe(lines.length);
  expect(JSON.parse(JSON.stringify(result.state))).toEqual(result.state);
}

describe('advance, for any definition and any mailbox', () => {
  it('is deterministic, never throws, and leaves nothing open at the end', unlimited, () => {
    fc.assert(
      fc.property(definitions, mailboxes, (definition, mailbox) => {
        let state = begin();
        for (const row of mailbox) {
          const result = advance(definition, state, input(row.at, [row]));
          expectSound(result, [row]);
          const again = advance(definition, JSON.parse(JSON.stringify(state)) as JourneyState, input(row.at, [row]));
          expect(again).toEqual(result);
          state = result.state;
        }
      }),
    );
  });

  it('comes to the same by one turn and by many, whatever was handled late', unlimited, () => {
    fc.assert(
      fc.property(definitions, mailboxes, fc.array(fc.boolean()), (generated, mailbox, cuts) => {
        // Quiet hours hold for the turn's own time, which is what these turns differ in.
        const { quietHours, ...definition } = generated;
        expect(quietHours?.over ?? 'hold').toBe('hold');
        const end = endOf(mailbox);
        const once = catchUp(definition, begin(), end, mailbox);
        // One turn catches up only this many timers on time; more than that is another rule.
        fc.pre(Object.values(once.state.visits).every((visits) => visits < 50));
        let state = begin();
        let batch: MailboxItem[] = [];
        for (const [index, row] of mailbox.entries()) {
          batch.push(row);
          if (cuts[index] !== true) continue;
          state = catchUp(definition, state, row.at, batch).state;
          batch = [];
        }
        const last = catchUp(definition, state, end, batch);
        // What begins to listen has not lived through the time since, and neither has a run that is over, which may still await its goal.
        const of = (result: Advanced<JourneyState>) => ({
          ...result,
          steps: [],
          waits: result.ended ? [] : result.waits,
          state: { ...result.state, clock: '' },
        });
        expect(of(last)).toEqual(of(once));
      }),
    );
  });

  it('is not changed by rows that were taken in before', unlimited, () => {
    fc.assert(
      fc.property(definitions, mailboxes, (definition, mailbox) => {
        const end = endOf(mailbox);
        const results = mailbox.filter((row) => row.kind !== 'event' && row.kind !== 'exit');
        const first = catchUp(definition, begin(), end, mailbox);
        // Unless the run failed by too many steps, what was received is no longer awaited: the same rows again change
        // nothing.
        const awaited = new Set([
          ...first.actions.map((action) => action.id),
          ...first.gates.map((gate) => JSON.stringify(gate.step)),
        ]);
        const received = results.filter(
          (row) => !awaited.has(row.ref ?? '') && !awaited.has(JSON.stringify(row.payload['step'])),
        );
        const second = advance(definition, first.state, input(end, received));
        expect(second.state).toEqual(first.state);
      }),
    );
  });

  it('never fails by its structure once the validator has let it pass, and every simulation ends', unlimited, () => {
    const structural = /^(node|goTo|loop|duration)\./;
    let passed = 0;
    fc.assert(
      fc.property(definitions, mailboxes, (generated, mailbox) => {
        const definition = { ...generated, steps: withUniqueIds(generated.steps) };
        const isSound = !validateDefinition(definition).some((problem) => structural.test(problem.code));
        const simulation = simulateJourney(definition, {
          at: new Date(START).toISOString(),
          contact,
          workspaceZone: 'UTC',
          script: {},
          stepLimit: 40,
        });
        const result = advance(definition, begin(), input(endOf(mailbox), mailbox));
        const faults = [result.ended?.reason, simulation.reason].filter((reason) =>
          /a loop without a wait|there is no step/.test(reason ?? ''),
        );
        passed += isSound ? 1 : 0;
        expect(isSound ? faults : []).toEqual([]);
      }),
    );
    // Enough of them are sound for the property to mean something.
    expect(passed).toBeGreaterThan(propertyRuns / 20);
  });

  it('is generated from what the schema accepts', unlimited, () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        expect(Schema.safeParse(definition).error?.issues ?? []).toEqual([]);
      }),
    );
  });
});
