import { describe, expect, it } from 'vitest';
import { readJourney } from '../../../contracts/journeys/read.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import type { ValueExpression } from '../../../contracts/journeys/conditions.schema.ts';
import { validateDefinition } from './validate.ts';

const output = (step: string, ...path: string[]): ValueExpression => ({ kind: 'output', step, path });
const literal = (value: string): ValueExpression => ({ kind: 'literal', value });
const email = (id: string, subject: ValueExpression = literal('Hi')): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject, markdown: 'Hi' },
});
const crm = (set: Record<string, ValueExpression>): JourneyNode => ({ id: 'a', kind: 'crm', upsert: 'contact', set });
const delay = (id: string): JourneyNode => ({ id, kind: 'delay', for: 'P1D' });
const goTo = (id: string, target: string): JourneyNode => ({ id, kind: 'goTo', target });
const exit = (id: string): JourneyNode => ({ id, kind: 'exit', reason: 'enough' });
const llm = (id: string, more: object = {}): JourneyNode => ({
  id,
  kind: 'llm',
  prompt: { kind: 'inline', instructions: 'Write.' },
  input: {},
  output: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false },
  budgetMicros: 1,
  ...more,
});
const always = { kind: 'all', of: [] } as const;
const approval = (more: object = {}): JourneyNode => ({
  id: 'check',
  kind: 'approval',
  assign: { kind: 'role', id: 'ops' },
  show: literal('x'),
  outcomes: [
    { name: 'approve', steps: [] },
    { name: 'stop', steps: [] },
  ],
  ...more,
});

function journey(steps: readonly JourneyNode[], more: object = {}): JourneyDefinition {
  const definition = {
    engineVersion: 1,
    slug: 'x',
    name: 'X',
    entry: [{ event: 'a' }],
    reentry: 'once',
    exitWhen: [],
    steps,
    ...more,
  };
  const reading = readJourney(definition);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.definition;
}

const written = (markdown: string, subject = 'Hi'): JourneyNode => ({
  id: 'm',
  kind: 'email',
  content: { kind: 'inline', subject: literal(subject), markdown },
  variables: { plan: literal('pro') },
});

describe('validateJourney', () => {
  it.each<[code: string, node: string | null, path: string, steps: JourneyNode[], more?: object]>([
    ['template.syntax', 'm', 'steps.0.content.markdown[1:4]', [written('Hi {% if contact.x %}')]],
    ['template.syntax', 'm', 'steps.0.content.markdown[1:1]', [written('{{ plan | explode }}')]],
    ['template.syntax', 'm', 'steps.0.content.subject[1:4]', [written('Hi', 'Hi {{ plan')]],
    ['template.unknownVariable', 'm', 'steps.0.content.markdown[2:4]', [written('{{ plan }}\n{{ name }}')]],
    ['template.unknownVariable', 'm', 'steps.0.content.subject[1:4]', [written('Hi', '{{ entry.plan }}')]],
    ['template.unboundedLoop', 'm', 'steps.0.content.markdown[1:1]', [written('{% for i in (1..plan) %}{% endfor %}')]],
    ['template.unsafePicture', 'm', 'steps.0.content.markdown[2:1]', [written('a\n![Logo](http://x.example/a.png)')]],
    ['template.unsafeLink', 'm', 'steps.0.content.markdown[1:3]', [written('[a](javascript:x)')]],
    [
      'journey.tooManyTags',
      'n',
      'steps.1.content',
      [written('{{ plan }}'.repeat(5_000)), { ...written('{{ plan }}'.repeat(5_000), '{{ plan }}'), id: 'n' }],
    ],
    ['node.duplicateId', 'a', 'steps.1.id', [email('a'), email('a')]],
    ['goTo.unknownTarget', 'b', 'steps.1.target', [email('a'), goTo('b', 'nowhere')]],
    ['loop.withoutWait', 'b', 'steps.1', [email('a'), goTo('b', 'a')]],
    ['loop.withoutWait', 'b', 'steps.0', [goTo('b', 'b')]],
    ['node.unreachable', 'b', 'steps.1', [exit('a'), email('b')]],
    [
      'node.unreachable',
      'c',
      'steps.1',
      [{ id: 'i', kind: 'if', when: always, yes: [exit('a')], no: [exit('b')] }, email('c')],
    ],
    ['duration.invalid', 'a', 'steps.0.for', [{ id: 'a', kind: 'delay', for: '3 days' }]],
    ['duration.invalid', 'a', 'steps.0.for', [{ id: 'a', kind: 'delay', for: 'P-1D' }]],
    [
      'duration.notPositive',
      'a',
      'steps.0.timeout',
      [{ id: 'a', kind: 'waitFor', on: { event: 'x' }, timeout: 'PT0S' }],
    ],
    ['duration.tooLong', 'check', 'steps.0.due', [approval({ due: 'P90Y' })]],
    ['duration.invalid', null, 'goal.within', [email('a')], { goal: { when: { event: 'x' }, within: 'soon' } }],
    ['delay.empty', 'a', 'steps.0', [{ id: 'a', kind: 'delay' }]],
    ['delay.weekdaysWithoutTime', 'a', 'steps.0', [{ id: 'a', kind: 'delay', for: 'P1D', weekdays: [1] }]],
    ['zone.unknown', null, 'zone', [email('a')], { zone: 'Mars/Olympus' }],
    [
      'zone.unknown',
      null,
      'quietHours.zone',
      [email('a')],
      { quietHours: { from: '21:00', to: '08:00', zone: 'here', over: 'hold' } },
    ],
    [
      'quietHours.empty',
      null,
      'quietHours',
      [email('a')],
      { quietHours: { from: '21:00', to: '21:00', zone: 'contact', over: 'hold' } },
    ],
    ['approval.timeoutNotAnOutcome', 'check', 'steps.0.onTimeout', [approval({ due: 'P1D', onTimeout: 'later' })]],
    ['approval.timeoutWithoutDue', 'check', 'steps.0.onTimeout', [approval({ onTimeout: 'approve' })]],
    [
      'approval.timeoutLimited',
      'check',
      'steps.0.onTimeout',
      [
        approval({
          due: 'P1D',
          onTimeout: 'a',
          outcomes: [
            { name: 'a', max: 1, steps: [] },
            { name: 'b', steps: [] },
          ],
        }),
      ],
    ],
    [
      'approval.duplicateOutcome',
      'check',
      'steps.0.outcomes',
      [
        approval({
          outcomes: [
            { name: 'a', steps: [] },
            { name: 'a', steps: [] },
          ],
        }),
      ],
    ],
    [
      'approval.onlyLimitedOutcomes',
      'check',
      'steps.0.outcomes',
      [approval({ outcomes: [{ name: 'a', max: 1, steps: [] }] })],
    ],
    [
      'waitFor.branchWithoutTimeout',
      'a',
      'steps.0.onTimeout',
      [{ id: 'a', kind: 'waitFor', on: { event: 'x' }, onTimeout: [] }],
    ],
    ['llm.outputNotObject', 'a', 'steps.0.output', [llm('a', { output: { type: 'string' } })]],
    ['llm.fallbackMismatch', 'a', 'steps.0.fallback', [llm('a', { fallback: {} })]],
    [
      'llm.fallbackMismatch',
      'a',
      'steps.0.fallback',
      [llm('a', { output: { type: 'object', required: ['toString'] }, fallback: {} })],
    ],
    ['llm.fallbackMismatch', 'a', 'steps.0.fallback', [llm('a', { fallback: { text: 5 } })]],
    ['llm.fallbackMismatch', 'a', 'steps.0.fallback', [llm('a', { fallback: { text: 'x', more: 1 } })]],
    ['crm.objectValue', 'a', 'steps.0.set.address', [crm({ address: { kind: 'object', fields: {} } })]],
    ['crm.objectValue', 'a', 'steps.0.set.items', [crm({ items: { kind: 'literal', value: [{ sku: 1 }] } })]],
    ['output.unknownStep', 'a', 'steps.0.content.subject', [email('a', output('b', 'text'))]],
    ['output.none', 'a', 'steps.1.content.subject', [delay('d'), email('a', output('d', 'text'))]],
    ['output.beforeStep', 'a', 'steps.0.content.subject', [email('a', output('s', 'text')), llm('s')]],
    ['output.unknownProperty', 'a', 'steps.1.content.subject', [llm('s'), email('a', output('s', 'txt'))]],
    [
      'output.maybeMissing',
      'a',
      'steps.1.content.subject',
      [{ id: 'i', kind: 'if', when: always, yes: [llm('s')] }, email('a', output('s', 'text'))],
    ],
    ['output.unknownStep', null, 'exitWhen.0.key', [email('a')], { exitWhen: [{ event: 'x', key: output('b') }] }],
    [
      'condition.ofSegment',
      'i',
      'steps.0.when',
      [{ id: 'i', kind: 'if', when: { kind: 'inSegment', segment: 'vip' }, yes: [email('b')] }],
    ],
    [
      'condition.ofSegment',
      'i',
      'steps.0.when',
      [{ id: 'i', kind: 'if', when: { kind: 'performed', event: 'x' }, yes: [email('b')] }],
    ],
    ['event.outsideFilter', 'a', 'steps.0.content.subject', [email('a', { kind: 'event', path: ['amount'] })]],
  ])('%s at %s', (code, node, path, steps, more) => {
    expect(
      validateDefinition(journey(steps, more)).map((problem) => [problem.code, problem.node, problem.path]),
    ).toEqual([[code, node, path]]);
  });

  it('accepts loops with a wait, guarded outputs, and what every way has been through', () => {
    const steps: JourneyNode[] = [
      llm('subject', { fallback: { text: 'Welcome' } }),
      approval({
        due: 'PT3H',
        onTimeout: 'approve',
        outcomes: [
          { name: 'approve', steps: [] },
          { name: 'again', max: 3, steps: [goTo('back', 'subject')] },
          { name: 'stop', steps: [exit('out')] },
        ],
      }),
      { id: 'maybe', kind: 'if', when: always, yes: [llm('second')] },
      email('hello', { kind: 'firstOf', values: [output('second', 'text'), output('subject', 'text')] }),
    ];
    expect(validateDefinition(journey(steps))).toEqual([]);
  });
});

describe('readJourney', () => {
  const shape = (steps: unknown, more: object = {}): unknown => ({
    engineVersion: 1,
    slug: 'x',
    name: 'X',
    entry: [{ event: 'a' }],
    reentry: 'once',
    exitWhen: [],
    steps,
    ...more,
  });

  it.each<[code: string, node: string | null, path: string, json: unknown]>([
    ['node.unknownKind', 'a', 'steps.0.kind', shape([{ id: 'a', kind: 'teleport' }])],
    [
      'approval.outcomeWithoutBranch',
      'check',
      'steps.0.outcomes.1.steps',
      shape([{ ...approval(), outcomes: [{ name: 'a', steps: [] }, { name: 'b' }] }]),
    ],
    ['schema.unknownField', 'a', 'steps.0.colour', shape([{ ...email('a'), colour: 'red' }])],
    ['schema.missing', 'a', 'steps.0.target', shape([{ id: 'a', kind: 'goTo' }])],
    [
      'schema.invalid',
      'b',
      'steps.0.yes.0.id',
      shape([{ id: 'a', kind: 'if', when: always, yes: [{ ...exit('b'), id: 'Not an id' }] }]),
    ],
    [
      'schema.unknownKind',
      'a',
      'steps.0.when.kind',
      shape([{ id: 'a', kind: 'if', when: { kind: 'maybe' }, yes: [] }]),
    ],
    ['schema.invalid', null, 'engineVersion', shape([], { engineVersion: 2 })],
    ['schema.invalid', null, '', 'no object'],
    ['schema.missing', null, '', undefined],
  ])('%s at %s', (code, node, path, json) => {
    const reading = readJourney(json);
    const problems = reading.ok ? [] : reading.problems.map((problem) => [problem.code, problem.path]);
    expect(problems).toEqual([[code, path]]);
    expect(reading.ok ? null : (reading.problems[0]?.node ?? null)).toBe(node === 'b' ? 'Not an id' : node);
  });

  it('counts steps and values before it looks at any of them (security 2)', () => {
    const delays = (count: number): JourneyNode[] => Array.from({ length: count }, (_, index) => delay(`d${index}`));
    expect(readJourney(shape(delays(300)))).toMatchObject({ ok: true });
    expect(readJourney(shape(delays(301)))).toMatchObject({
      ok: false,
      problems: [{ code: 'journey.tooManySteps', node: null, path: 'steps', message: '301 steps; at most 300' }],
    });
    const halves = { id: 'i', kind: 'if', when: always, yes: delays(150), no: delays(150) };
    expect(readJourney(shape([halves]))).toMatchObject({ problems: [{ code: 'journey.tooManySteps' }] });
    expect(readJourney(shape(Array.from({ length: 40_000 }, () => 5)))).toMatchObject({
      problems: [{ code: 'journey.tooManySteps' }],
    });
    expect(readJourney(shape([], { more: Array.from({ length: 60_000 }, () => 5) }))).toMatchObject({
      problems: [{ code: 'journey.tooLarge' }],
    });
  });

  it('names a bounded number of problems', () => {
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
    const reading = readJourney(shape([], unknown));
    expect(reading.ok ? [] : reading.problems).toHaveLength(100);
    const steps = Array.from({ length: 250 }, (_, index) => email(`e${index}`, output('nowhere')));
    expect(validateDefinition(journey(steps))).toHaveLength(100);
  });

  it('refuses a hundred thousand levels of nesting without overflowing', () => {
    let when: unknown = always;
    for (let level = 0; level < 100_000; level += 1) when = { kind: 'not', condition: when };
    expect(readJourney(shape([{ id: 'a', kind: 'if', when, yes: [] }]))).toMatchObject({
      ok: false,
      problems: [{ code: 'journey.tooDeep' }],
    });
  });
});
