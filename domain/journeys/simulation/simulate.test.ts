import { describe, expect, it } from 'vitest';
import { segmentEnter } from '../../../sdk/journey/journey.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import {
  SimulationScript as ScriptSchema,
  type SimulationScript,
} from '../../../contracts/journeys/simulation.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { sampleOf } from './sample.ts';
import { simulateJourney, type SimulationInput } from './simulate.ts';

const AT = '2026-03-27T09:00:00.000Z';

const steps: JourneyNode[] = [
  {
    id: 'subject',
    kind: 'llm',
    prompt: { kind: 'inline', instructions: 'Write a subject.' },
    input: { name: { kind: 'contact', path: ['firstName'] } },
    output: { type: 'object', properties: { text: { type: 'string' }, confidence: { type: 'number', maximum: 1 } } },
    budgetMicros: 5_000,
  },
  {
    id: 'check',
    kind: 'approval',
    assign: { kind: 'role', id: 'ops' },
    show: { kind: 'output', step: 'subject', path: [] },
    due: 'PT3H',
    onTimeout: 'approve',
    outcomes: [
      { name: 'approve', steps: [] },
      { name: 'again', steps: [{ id: 'back', kind: 'goTo', target: 'subject' }] },
    ],
  },
  {
    id: 'hello',
    kind: 'email',
    content: { kind: 'template', template: 'welcome@4', subject: { kind: 'output', step: 'subject', path: ['text'] } },
  },
  {
    id: 'login',
    kind: 'waitFor',
    on: { event: 'logged.in' },
    timeout: 'P2D',
    onTimeout: [{ id: 'nag', kind: 'email', content: { kind: 'template', template: 'nag@1' } }],
  },
  { id: 'mark', kind: 'updateContact', set: { stage: { kind: 'literal', value: 'active' } } },
  {
    id: 'active',
    kind: 'if',
    when: {
      kind: 'compare',
      op: 'equals',
      left: { kind: 'contact', path: ['stage'] },
      right: { kind: 'literal', value: 'active' },
    },
    yes: [{ id: 'note', kind: 'crm', upsert: 'contact', set: {} }],
  },
];
const definition: JourneyDefinition = {
  engineVersion: 1,
  slug: 'welcome',
  name: 'Welcome',
  entry: [{ event: 'signed.up' }],
  reentry: 'once',
  exitWhen: [{ event: 'account.closed' }],
  steps,
};
const templates = {
  'welcome@4': { subject: 'x', markdown: 'Hi {{ contact.firstName | default: "there" }}' },
  'nag@1': { subject: 'Still there?', markdown: 'Come *back*.' },
};
const simulate = (script: SimulationScript, more: Partial<SimulationInput & { definition: JourneyDefinition }> = {}) =>
  simulateJourney(more.definition ?? definition, {
    at: AT,
    contact: { externalId: 'ana', firstName: 'Ana', timeZone: 'Europe/Berlin' },
    workspaceZone: 'UTC',
    templates,
    script: ScriptSchema.parse(script),
    ...more,
  });
const lines = (run: ReturnType<typeof simulate>): string[] =>
  run.steps.map((step) => `${step.step}/${step.visit} ${step.status}`);

describe('simulateJourney', () => {
  it('follows the script with virtual times, and carries what a step did to the contact', () => {
    const run = simulate({
      answers: { subject: [{ text: 'One' }, { text: 'Two' }] },
      decisions: { check: [{ outcome: 'again', after: 'PT10M', comment: 'dull' }, { outcome: 'approve' }] },
      events: [{ after: 'P1D', name: 'logged.in' }],
    });
    expect(lines(run)).toEqual([
      'subject/1 done',
      'check/1 done',
      'back/1 done',
      'subject/2 done',
      'check/2 done',
      'hello/1 done',
      'login/1 done',
      'mark/1 done',
      'active/1 done',
      'note/1 done',
    ]);
    expect(run).toMatchObject({
      outcome: 'completed',
      assumptions: [],
      startedAt: AT,
      endedAt: '2026-03-28T09:00:00.000Z',
    });
    expect(run.steps.find((step) => step.step === 'hello')).toMatchObject({
      asks: { content: { subject: 'Two' } },
      mail: { subject: 'Two', text: 'Hi Ana' },
      startedAt: '2026-03-27T09:10:00.000Z',
    });
    expect(run.steps[1]).toMatchObject({ asks: { text: 'One' }, detail: { outcome: 'again', comment: 'dull' } });
  });

  it('begins by a segment as its event would (issue 16)', () => {
    const when = {
      kind: 'compare',
      op: 'equals',
      left: { kind: 'entry', path: ['segment'] },
      right: { kind: 'literal', value: 'vip' },
    } as const;
    const branch: JourneyNode = {
      kind: 'if',
      id: 'is-vip',
      when,
      yes: [{ kind: 'exit', id: 'out', reason: 'vip' }],
      no: [],
    };
    const run = simulate({}, { definition: { ...definition, entry: [segmentEnter('vip').trigger], steps: [branch] } });
    expect(lines(run)).toEqual(['is-vip/1 done', 'out/1 done']);
  });

  it('assumes what the script leaves out, and says so', () => {
    const run = simulate({});
    expect(run.outcome).toBe('completed');
    expect(run.assumptions).toEqual([
      '“subject”: the model answers with a sample of its output',
      '“Check”: nobody decides, so that the deadline brings “Approve”',
    ]);
    // Three hours for the decision, then two days of the contact's calendar, over the change of the clocks.
    expect(run.steps.find((step) => step.step === 'nag')?.startedAt).toBe('2026-03-29T11:00:00.000Z');
  });

  it('shows each mail as it reads, and fails where one cannot be made (dashboard F4)', () => {
    const mail = (content: Extract<JourneyNode, { kind: 'email' }>['content']): JourneyDefinition => ({
      ...definition,
      steps: [{ id: 'hello', kind: 'email', content, variables: { plan: { kind: 'entry', path: ['plan'] } } }],
    });
    const subject = { kind: 'literal', value: 'Hello {{ contact.firstName | default: "you" }}' } as const;
    const written = (markdown: string) => mail({ kind: 'inline', subject, markdown });
    const of = (shown: JourneyDefinition, more: Partial<SimulationInput> = {}) =>
      simulate({ entry: { properties: { plan: 'pro' } } }, { definition: shown, contact: {}, ...more });
    expect(of(written('**{{ plan }}** for {{ contact.email }}')).steps).toMatchObject([
      { mail: { subject: 'Hello you', text: 'pro for sample@example.com' } },
    ]);
    expect(of(written('{{ contact.firstName }}'))).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('undefined variable: contact.firstName'),
    });
    const stored = of(mail({ kind: 'template', template: 'nag@1' }));
    expect(stored.steps).toMatchObject([{ mail: { subject: 'Still there?', text: 'Come back.' } }]);
    expect(of(mail({ kind: 'template', template: 'gone@1' }))).toMatchObject({
      outcome: 'completed',
      assumptions: ['“hello”: it is not shown: gone@1 is not here'],
    });
  });

  it('renders the mails of an endless loop once each', () => {
    const content = { kind: 'inline', subject: { kind: 'literal', value: 'x' }, markdown: '{{ at }}' } as const;
    const steps: JourneyNode[] = [
      { id: 'mail', kind: 'email', content, variables: { at: { kind: 'contact', path: ['n'] } } },
      {
        id: 'more',
        kind: 'updateContact',
        set: {
          n: {
            kind: 'text',
            parts: [
              { kind: 'contact', path: ['n'] },
              { kind: 'literal', value: '1' },
            ],
          },
        },
      },
      { id: 'day', kind: 'delay', for: 'P1D' },
      { id: 'back', kind: 'goTo', target: 'mail' },
    ];
    const run = simulate({}, { definition: { ...definition, steps }, contact: { n: '' } });
    expect(run.steps.filter(({ mail }) => mail)).toHaveLength(50);
    expect(run.assumptions.at(-1)).toContain('a simulation shows 50 mails');
  });

  it('exits in the middle of a wait', () => {
    const run = simulate({ events: [{ after: 'PT30M', name: 'account.closed' }] });
    expect(run).toMatchObject({
      outcome: 'exited',
      reason: 'event account.closed',
      endedAt: '2026-03-27T09:30:00.000Z',
    });
    expect(lines(run).at(-1)).toBe('check/1 skipped');
  });

  it('receives an event that came before its wait', () => {
    const run = simulate({
      events: [{ after: 'PT1M', name: 'logged.in' }],
      decisions: { check: [{ outcome: 'approve', after: 'PT1H' }] },
    });
    expect(lines(run)).not.toContain('nag/1 done');
    expect(run.endedAt).toBe('2026-03-27T10:00:00.000Z');
  });

  it('fails where the script says so, and says what it waits for when it is stuck', () => {
    expect(simulate({ failures: { hello: 'no such mailbox' } })).toMatchObject({
      outcome: 'failed',
      reason: 'hello: no such mailbox',
    });
    const waiting = {
      ...definition,
      steps: [{ id: 'w', kind: 'waitFor', on: { event: 'paid', key: { kind: 'entryKey' } } }],
    } satisfies JourneyDefinition;
    expect(simulate({ entry: { key: 'cart-1' } }, { definition: waiting })).toMatchObject({
      outcome: 'stuck',
      reason: "w waits for the event 'paid' with the key 'cart-1', which the script never brings",
    });
  });

  it('says who would not come in, and who comes in again', () => {
    const of = (entry: JourneyDefinition, script: SimulationScript) => simulate(script, { definition: entry }).entries;
    const again = { after: 'P1D', name: 'signed.up' };
    const late = { after: 'P9D', name: 'signed.up', key: 'k2' };
    const out = 'begins no other run: the re-entry policy keeps the person out';
    expect(of(definition, { events: [again, late, { after: 'P1D', name: 'logged.in' }] })).toEqual([
      `“signed.up” after 1 d ${out}`,
      `“signed.up” after 9 d ${out}`,
    ]);
    expect(of({ ...definition, reentry: 'afterExit' }, { events: [late, again] })).toEqual([
      `“signed.up” after 1 d ${out}`,
      '“signed.up” after 9 d begins another run, which is not simulated',
    ]);
    const keyed = { entry: { key: 'k1' }, events: [{ ...again, key: 'k1' }, late, { ...late, after: 'P10D' }] };
    expect(of({ ...definition, reentry: 'perKey' }, keyed)).toEqual([
      `“signed.up” after 1 d ${out}`,
      '“signed.up” after 9 d begins another run, which is not simulated',
      `“signed.up” after 10 d ${out}`,
    ]);
    expect(of(definition, { entry: { event: 'logged.in' } })).toEqual([
      '“logged.in” does not let this person in; the run shows what would happen if it did',
    ]);
  });

  it('decides about a second entry by what the journey has made of the contact', () => {
    const stage = { kind: 'contact', path: ['stage'] } as const;
    const entry = [
      { event: 'signed.up', filter: { kind: 'not', condition: { kind: 'exists', value: stage } } },
    ] as const;
    const events = [{ after: 'P9D', name: 'signed.up' }];
    const reentry = 'afterExit' as const;
    expect(simulate({ events }, { definition: { ...definition, entry, reentry } }).entries).toEqual([]);
    expect(simulate({ events }, { definition: { ...definition, entry, reentry, steps: [] } }).entries).toHaveLength(1);
  });

  it('fails at the step that would be given more than one may have, instead of growing on (security 11)', () => {
    const t = { kind: 'contact', path: ['t'] } as const;
    const text = { kind: 'text', parts: Array.from({ length: 100 }, () => t) } as const;
    const growing = [1, 2, 3, 4].map((n): JourneyNode => ({
      id: `grow-${n}`,
      kind: 'updateContact',
      set: { t: text },
    }));
    const grown = simulate({}, { definition: { ...definition, steps: growing }, contact: { t: 'abcdefghij' } });
    expect(grown).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('characters together') });
    expect(JSON.stringify(grown).length).toBeLessThan(100_000);
  });

  it('stops a journey that goes round and round', () => {
    const round: JourneyDefinition = {
      ...definition,
      steps: [
        { id: 'day', kind: 'delay', for: 'P1D' },
        { id: 'back', kind: 'goTo', target: 'day' },
      ],
    };
    const run = simulate({}, { definition: round, stepLimit: 20 });
    expect(run).toMatchObject({ outcome: 'stepLimit' });
    expect(run.steps.length).toBeLessThanOrEqual(22);
    expect(simulate({ decisions: { check: [{ outcome: 'again' }] } }).outcome).toBe('stepLimit');
  });
});

describe('sampleOf', () => {
  it.each<[JsonObject, unknown]>([
    [
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'number', maximum: 1 }, c: { enum: ['x', 'y'] } },
      },
      { a: '…', b: 1, c: 'x' },
    ],
    [{ anyOf: [{ type: 'array', items: { type: 'boolean' } }] }, [true]],
    [{ type: ['integer', 'null'], minimum: 3 }, 3],
    [{ type: 'string', default: 'd' }, 'd'],
    [{}, null],
  ])('of %j is %j', (schema, expected) => {
    expect(sampleOf(schema)).toEqual(expected);
  });
});
