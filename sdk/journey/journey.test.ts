import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJourney } from '../../contracts/journeys/read.schema.ts';
import { SimulationScript } from '../../contracts/journeys/simulation.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { simulateJourney } from '../../domain/journeys/simulation/simulate.ts';
import { validateDefinition } from '../../domain/journeys/checks/validate.ts';
import welcome from '../../examples/journeys/welcome.ts';
import * as sdk from './journey.ts';
import type { Step } from './order.ts';

const {
  approval,
  crm,
  defineEvent,
  defineJourney,
  delay,
  email,
  entryKey,
  event,
  exit,
  goTo,
  llm,
  onError,
  role,
  text,
  waitFor,
  when,
} = sdk;

const SignedUp = defineEvent('signed.up', z.object({ plan: z.enum(['free', 'pro']), seats: z.number().optional() }));
const Paid = defineEvent('paid', z.object({ amount: z.number(), card: z.object({ brand: z.string() }) }));
const Subject = z.object({ text: z.string(), confidence: z.number() });
const base = { slug: 'x', name: 'X', entry: [event(SignedUp)], reentry: 'once' } as const;
const ask = { instructions: 'Write.', input: {}, output: Subject, budgetMicros: 1 };
const mail = { subject: 'Hi', markdown: 'Hi' };

describe('defineJourney', () => {
  it('gives data that reads, validates and survives JSON', () => {
    const reading = readJourney(JSON.parse(JSON.stringify(welcome)));
    expect(reading).toEqual({ ok: true, definition: welcome });
    expect(validateDefinition(welcome)).toEqual([]);
  });

  it('writes values, questions and filters as expressions', () => {
    const definition = defineJourney({
      ...base,
      contact: z.object({ score: z.number() }),
      exitWhen: [
        event(Paid, {
          key: entryKey,
          where: (paid) => paid.amount.atLeast(50).and(paid.card.brand.equals('visa').not()),
        }),
      ],
      steps: ({ contact, entry, output }) => [
        waitFor('wait', event(Paid), { timeout: 'P1D' }),
        when('rich', contact.score.greaterThan(3).or(output('wait', Paid).amount.exists()), [
          email('a', { template: 'a@1', subject: text`Hi ${contact.firstName}, ${entry.plan}!` }),
        ]),
        email('b', { ...mail, variables: { seats: entry.seats.or(1), brand: output('wait', Paid).card.brand } }),
      ],
    });
    expect(definition.exitWhen).toEqual([
      {
        event: 'paid',
        key: { kind: 'entryKey' },
        filter: {
          kind: 'all',
          of: [
            {
              kind: 'compare',
              op: 'atLeast',
              left: { kind: 'event', path: ['amount'] },
              right: { kind: 'literal', value: 50 },
            },
            {
              kind: 'not',
              condition: {
                kind: 'compare',
                op: 'equals',
                left: { kind: 'event', path: ['card', 'brand'] },
                right: { kind: 'literal', value: 'visa' },
              },
            },
          ],
        },
      },
    ]);
    expect(definition.steps[1]).toMatchObject({
      when: {
        kind: 'any',
        of: [
          { left: { kind: 'contact', path: ['score'] } },
          { kind: 'exists', value: { kind: 'output', step: 'wait', path: ['properties', 'amount'] } },
        ],
      },
      yes: [
        {
          content: {
            subject: {
              kind: 'text',
              parts: [
                { kind: 'literal', value: 'Hi ' },
                { kind: 'contact', path: ['firstName'] },
                { kind: 'literal', value: ', ' },
                { kind: 'entry', path: ['plan'] },
                { kind: 'literal', value: '!' },
              ],
            },
          },
        },
      ],
    });
    expect(definition.steps[2]).toMatchObject({
      variables: {
        seats: {
          kind: 'firstOf',
          values: [
            { kind: 'entry', path: ['seats'] },
            { kind: 'literal', value: 1 },
          ],
        },
        brand: { kind: 'output', step: 'wait', path: ['properties', 'card', 'brand'] },
      },
    });
    expect(readJourney(definition).ok).toBe(true);
  });

  it('gives exits and goTos ids that say what they do', () => {
    const { steps } = defineJourney({
      ...base,
      steps: () => [
        approval('check', {
          assign: role('ops'),
          show: { a: 1 },
          outcomes: { no: [exit('Refused!')], never: [exit('refused')], wait: [delay('d', 'P1D'), goTo('check')] },
        }),
      ],
    });
    expect(JSON.stringify(steps).match(/"id":"[^"]*"/g)).toEqual([
      '"id":"check"',
      '"id":"ops"',
      '"id":"exit-refused"',
      '"id":"exit-refused-2"',
      '"id":"d"',
      '"id":"go-to-check"',
    ]);
  });

  it('refuses what is not data', () => {
    expect(() => defineJourney({ ...base, steps: () => [email('a', { ...mail, variables: { f: () => 1 } })] })).toThrow(
      'plain data',
    );
  });

  it('gives a step that acts a branch for its failure, and no other (journeys F4)', () => {
    const { steps } = defineJourney({
      ...base,
      steps: () => [
        onError(crm('to-crm', { upsert: 'contact', set: { stage: 'a' } }), [email('sorry', mail), exit('no CRM')]),
        email('bye', mail),
      ],
    });
    expect(steps).toMatchObject([
      { id: 'to-crm', kind: 'crm', onError: [{ id: 'sorry' }, { id: 'exit-no-crm' }] },
      { id: 'bye' },
    ]);
    expect(() => onError(goTo('bye'), [])).toThrow('cannot fail');
  });
});

describe('the welcome series, simulated', () => {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../examples/journeys/${file}`, import.meta.url), 'utf8'));
  const contact = read('contact.json') as JsonObject;
  const simulate = (script: unknown) =>
    simulateJourney(welcome, {
      at: '2026-03-02T09:00:00.000Z',
      contact,
      workspaceZone: 'UTC',
      script: SimulationScript.parse(script),
    });

  it('runs to its end by the example script', () => {
    const run = simulate(read('week.json'));
    expect(run).toMatchObject({ outcome: 'completed', assumptions: [] });
    expect(run.steps.map((step) => `${step.step}/${step.visit}`)).toEqual([
      'subject/1',
      'check-subject/1',
      'go-to-subject/1',
      'subject/2',
      'check-subject/2',
      'hello/1',
      'first-login/1',
      'mark-active/1',
      'is-pro/1',
      'breathe/1',
      'pro-tips/1',
      'to-crm/1',
    ]);
    expect(run.steps[5]?.asks).toMatchObject({
      content: { subject: 'Ana, a warm welcome' },
      variables: { plan: 'pro' },
    });
  });

  it('runs to its end with a contact alone', () => {
    expect(simulate({}).outcome).toBe('completed');
  });

  it('ends where the account is closed', () => {
    expect(simulate({ events: [{ after: 'PT5S', name: 'account.closed' }] })).toMatchObject({
      outcome: 'exited',
      reason: 'event account.closed',
    });
  });
});

/** Checked by the compiler, not run: each refusal is an error that must be there, or `tsc` fails. */
export function refusals(): unknown[] {
  return [
    defineJourney({
      ...base,
      steps: ({ contact, entry }): readonly Step[] => [
        // @ts-expect-error an unknown attribute of the contact
        email('a', { ...mail, variables: { x: contact.shoeSize } }),
        // @ts-expect-error an unknown property of the entry event
        email('b', { ...mail, variables: { x: entry.colour } }),
        // @ts-expect-error a plan that the event never has
        when('c', entry.plan.equals('gold'), []),
        // @ts-expect-error a text has no lessThan with a number
        when('d', contact.firstName.lessThan(3), []),
        // @ts-expect-error an unknown property in a filter
        waitFor('e', event(Paid, { where: (paid) => paid.total.atLeast(3) })),
        // @ts-expect-error an outcome without a branch
        approval('f', { assign: role('ops'), show: {}, outcomes: { yes: { label: 'Yes' } } }),
        // @ts-expect-error a deadline that brings no outcome
        approval('g', { assign: role('ops'), show: {}, outcomes: { yes: [] }, due: 'P1D', onTimeout: 'later' }),
        // @ts-expect-error a fallback of another type
        llm('h', { ...ask, fallback: { text: 1, confidence: 1 } }),
      ],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error goTo to no step
      steps: () => [delay('a', 'P1D'), goTo('b')],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error goTo to no step, from inside a branch
      steps: ({ entry }) => [when('a', entry.plan.equals('pro'), [delay('c', 'P1D'), goTo('b')])],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error the output is used before its step
      steps: ({ output }) => [email('a', { ...mail, subject: output('s', Subject).text }), llm('s', ask)],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error the output is used before its step, in a question
      steps: ({ output }) => [when('a', output('s', Subject).confidence.lessThan(0.5), []), llm('s', ask)],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error the output is used before its step, inside an outcome of an approval
      steps: ({ output }) => [
        approval('a', {
          assign: role('ops'),
          show: {},
          outcomes: { yes: [email('b', { ...mail, variables: { x: output('s', Subject).text } })], no: [] },
        }),
        llm('s', ask),
      ],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error what an approval shows comes from a later step
      steps: ({ output }) => [
        approval('a', { assign: role('ops'), show: output('s', Subject), outcomes: { yes: [] } }),
        llm('s', ask),
      ],
    }),
    defineJourney({
      ...base,
      // @ts-expect-error two steps have the same id
      steps: () => [delay('a', 'P1D'), email('b', mail), delay('a', 'P1D')],
    }),
    // What is right compiles: in order, inside branches, after a branch, with a step list made elsewhere.
    defineJourney({
      ...base,
      steps: ({ output, decision }) => [
        llm('s', ask),
        approval('a', {
          assign: role('ops'),
          show: output('s', Subject),
          outcomes: {
            yes: [llm('t', ask), email('b', { ...mail, subject: output('t', Subject).text })],
            again: { steps: [goTo('s')] },
          },
        }),
        when('c', decision('a').outcome.equals('yes'), [goTo('a')]),
        email('d', { ...mail, subject: output('t', Subject).text.or(output('s', Subject).text) }),
      ],
    }),
  ];
}
