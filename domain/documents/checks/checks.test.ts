import { describe, expect, it } from 'vitest';
import type { BatchRow } from '../../../contracts/documents/documents.ts';
import { Brand, ColumnSpec, DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { CheckName } from '../../../contracts/documents/batch.schema.ts';
import { lintTemplate } from '../template/template-lint.ts';
import type { CheckSubject } from './check.ts';
import { LeakIndex } from './leak-index.ts';
import { isFlagged, isRepairable, runChecks } from './run-checks.ts';
import { readAnswers } from './schema-check.ts';

const template = DocumentTemplate.parse({
  name: 'Renewal',
  columns: {
    full_name: { identifying: true },
    policy_no: {},
    premium: { type: 'money' },
    renewal_date: { type: 'date' },
  },
  slots: {
    intro: { instruction: 'Thank the customer.', maxWords: 40, mentions: ['premium', 'renewal_date'] },
    points: {
      instruction: 'Two points.',
      maxWords: 20,
      schema: { type: 'array', items: { type: 'string' }, maxItems: 3 },
    },
  },
  locked: { cancel: 'You may cancel within 14 days.', extra: 'Only sometimes.' },
  body: '# Hi\n\n{{ slots.intro }}\n\n{{ locked.cancel }}\n\n{% if row.premium > 1 %}{{ locked.extra }}{% endif %}',
});
const brand = Brand.parse({
  name: 'Harbour & Lane',
  website: 'https://harbour.example',
  email: 'help@harbour.example',
  phone: '+353 1 555 0100',
});
const row: BatchRow = {
  ordinal: 1,
  line: 2,
  key: 'HL-2024-0031',
  email: 'ana@example.com',
  values: { full_name: 'Ana María Ortiz', policy_no: 'HL-2024-0031', premium: '1234.50', renewal_date: '2026-12-01' },
};
const other: BatchRow = {
  ...row,
  ordinal: 2,
  key: 'HL-2024-0099',
  email: 'bo@example.org',
  values: { ...row.values, full_name: 'Bo Lindqvist' },
};
const good = 'Dear Ana María Ortiz, your premium is €1,234.50 from 1 December 2026.';

function subject(intro: string, over: Partial<CheckSubject> = {}): CheckSubject {
  const answers = { intro, points: ['Fixed price', 'One call away'] };
  return {
    row,
    template,
    brand,
    brief: 'We give 24/7 help. A discount of 7.5% ends on 31 January 2027.',
    language: 'en',
    answers,
    text: `Hi\n\n${intro}\n\nYou may cancel within 14 days.`,
    leaks: new LeakIndex([row, other], template),
    ...over,
  };
}
const codes = (intro: string, over?: Partial<CheckSubject>): string[] =>
  runChecks(CheckName.options, subject(intro, over)).map(({ code, evidence }) =>
    evidence ? `${code} ${evidence.text}` : code,
  );

describe('a clean document', () => {
  it.each([
    good,
    'Dear Ana, 1.234,50 € (from December 1, 2026). See https://harbour.example/ or harbour.example, mail help@harbour.example.',
    'Premium 1234.5 from 2026-12-01, policy HL-2024-0031, 24/7 help, 7.5 % off until 31 January.',
    'Hello Ana María, call +353 1 555 0100 about 1 234,50 before 01.12.2026; 12/01/2026 is the same day.',
  ])('has no finding: %s', (intro) => {
    expect(codes(intro)).toEqual([]);
  });

  it('is one with the amount of a person who is called like a month', () => {
    const { policy_no, renewal_date } = row.values;
    const april = { ...row, values: { full_name: 'April', premium: '25', policy_no, renewal_date } } as BatchRow;
    expect(codes('Dear April, your premium is €25 from 1 December 2026.', { row: april })).toEqual([]);
  });
});

describe('leftovers', () => {
  it.each([
    ['See you, {{firstName}}.', 'leftovers.template {{firstName}}'],
    ['Dear [Name], hello', 'leftovers.placeholder [Name]'],
    ['Pay [insert amount here] soon', 'leftovers.placeholder [insert amount here]'],
    ['Dear <INSERT NAME>', 'leftovers.placeholder <INSERT NAME>'],
    ['Your plan is undefined now', 'leftovers.value undefined'],
    ['As an AI language model I cannot', 'leftovers.assistant As an AI'],
    ["I'm sorry, but I can't assist with that", "leftovers.assistant I'm sorry, but I can't assist"],
    ['Sure! Here is the letter', 'leftovers.assistant Sure! Here is'],
    ['Lorem ipsum and so on', 'leftovers.filler Lorem ipsum'],
    ['This is **bold** text', 'leftovers.markup **bold**'],
  ])('%s', (extra, code) => {
    expect(
      codes(`${good} ${extra}`.replace(`${good} Sure`, 'Sure')).filter((found) => found.startsWith('leftovers')),
    ).toContain(code);
  });

  it('are found around the slots too, and ordinary words are none', () => {
    expect(codes(good, { text: 'Hi undefined\n\nYou may cancel within 14 days.' })).toContain(
      'leftovers.value undefined',
    );
    expect(codes(`${good} We note [see below] and an aid for your plan, as planned.`)).toEqual([]);
  });

  it('that stand in the row are shown and not asked away, and a word of the row is none (A6)', () => {
    const odd = { ...row, values: { ...row.values, policy_no: '{{policy}}', note: 'XXX' } };
    const found = (intro: string) => runChecks(['leftovers'], subject(intro, { row: odd }));
    expect([isFlagged(found('Policy {{policy}}')), isRepairable(found('Policy {{policy}}'))]).toEqual([true, false]);
    expect(isRepairable(found('Policy {{policy}} for {{name}}'))).toBe(true);
    expect(isRepairable(found('Policy {name}'))).toBe(true);
    expect(found('In your size XXX')).toEqual([]);
  });

  it.each(['J?rgen', '?zlem', 'M?LLER', 'Wifi?x', 'AB?CD', 'MANHÃ–TARDE'])(
    'may be letters that were lost where %s is printed, which a person says (a hostile reader 18)',
    (name) => {
      const values = { ...row.values, full_name: `Ana ${name}` };
      const found = (intro: string) => runChecks(['leftovers'], subject(intro, { row: { ...row, values } }));
      const findings = found(`Dear Ana ${name}, hello`);
      expect(findings).toMatchObject([
        { code: 'leftovers.letters', severity: 'error', evidence: { where: 'document', text: name } },
      ]);
      expect([isFlagged(findings), isRepairable(findings)]).toEqual([true, false]);
      // What is not printed, or printed right, needs nobody.
      expect(found('Dear customer, hello')).toEqual([]);
    },
  );

  it('are no letters that were lost in ordinary names and questions', () => {
    for (const name of ['Jürgen Müller', 'São João', 'Is it you? Yes', 'CAFÉ–BAR', 'https://example.com/?q'])
      expect(runChecks(['leftovers'], subject(name, { row: { ...row, values: { full_name: name } } }))).toEqual([]);
  });
});

describe('facts', () => {
  it.each([
    ['Your reference number is 48,213.77.', 'facts.number 48,213.77'],
    ['Save 10% today.', 'facts.number 10%'],
    ['It ends on 3 March 2027.', 'facts.date 3 March 2027'],
    ['It starts on November 1, 2026.', 'facts.date November 1, 2026'],
    ['Write to sales@harbour.example.', 'facts.email sales@harbour.example'],
    ['See https://harbour.example/deal', 'facts.url https://harbour.example/deal'],
    ['Your claim CL-77120 is open.', 'facts.id CL-77120'],
    ['\nDear John Smith, hello', 'facts.name John Smith'],
  ])('that come from nowhere are found: %s', (extra, code) => {
    expect(codes(`${good} ${extra}`)).toEqual([code]);
  });

  it('are read as the language writes them', () => {
    const german = 'Guten Tag Ana María Ortiz, 1.234,50 € ab dem 1. Dezember 2026';
    expect(codes(german, { language: 'de' })).toEqual([]);
    expect(codes(`${german}, bis 2. Januar 2027`, { language: 'de' })).toEqual(['facts.date 2. Januar 2027']);
    expect(codes('Hola Ana, 1234,50 € desde el 1 de diciembre de 2026', { language: 'es' })).toEqual([]);
    expect(codes('Bonjour Ana, 1 234,50 € dès le 1er décembre 2026', { language: 'fr' })).toEqual([]);
  });
});

describe('the other checks', () => {
  it('find what a slot must mention and does not', () => {
    expect(codes('Dear Ana, your premium is due.')).toEqual(['required.missing', 'required.missing']);
    expect(codes('Dear Ana, pay 1234.50 in December 2026.')).toEqual(['required.missing']);
  });

  it('find what is too long: a little is a warning, much an error', () => {
    const long = (words: number): ReturnType<typeof runChecks> => runChecks(['length'], subject('word '.repeat(words)));
    expect(long(40)).toEqual([]);
    expect(long(45)).toMatchObject([{ severity: 'warning', code: 'length.tooLong' }]);
    expect(isFlagged(long(45))).toBe(false);
    expect(isFlagged(long(60))).toBe(true);
    expect(isFlagged(runChecks(['length'], subject('')))).toBe(true);
  });

  it('find a locked clause that was changed, and miss none that a condition left out', () => {
    expect(codes(good, { text: `Hi ${good} You may cancel within 15 days.` })).toContain('locked.changed');
    expect(codes(good)).toEqual([]);
  });

  it('find what identifies another person: name, address, key', () => {
    const leaks = (intro: string): string[] =>
      runChecks(['leak'], subject(intro)).map(({ evidence }) => evidence?.text ?? '');
    expect(leaks(`${good} As with Bo Lindqvist (BO@example.org), HL-2024-0099.`)).toEqual([
      'Bo Lindqvist',
      'BO@example.org',
      'HL-2024-0099',
    ]);
    expect(leaks('Bo is a short name, Lindqvist a town.')).toEqual([]);
    expect(leaks(good)).toEqual([]);
  });

  it('do not take a value that two rows share, or the brand has, for a leak', () => {
    const twin = { ...other, ordinal: 3 };
    const index = new LeakIndex([row, other, twin], template);
    expect(runChecks(['leak'], subject('Bo Lindqvist', { leaks: index }))).toEqual([]);
    expect(runChecks(['leak'], subject('Bo Lindqvist', { brief: 'Signed by Bo Lindqvist' }))).toEqual([]);
  });

  it('find nothing in a column that no row has, whatever its name (LokiJS #839)', () => {
    const columns = Object.fromEntries([['constructor', ColumnSpec.parse({ identifying: true, required: false })]]);
    const index = new LeakIndex([row, other], { columns });
    expect(runChecks(['leak'], subject(good, { leaks: index }))).toEqual([]);
    const intro = { instruction: 'Thank.', maxWords: 40, mentions: ['constructor'] };
    const mentioning = DocumentTemplate.parse({ ...template, slots: { ...template.slots, intro } });
    expect(runChecks(['required'], subject(good, { template: mentioning }))).toEqual([]);
    expect(lintTemplate(mentioning).map(({ path, code }) => [path, code])).toContainEqual([
      'template.slots.intro.mentions[0]',
      'template.unknownVariable',
    ]);
  });

  it('name only checks that were asked for', () => {
    expect(runChecks(['leftovers'], subject('Save 10% {{x}}')).map(({ check }) => check)).toEqual(['leftovers']);
  });
});

describe('the shape of an answer', () => {
  it('is taken when it fits', () => {
    expect(readAnswers(template, { intro: ' a ', points: ['b'] })).toEqual({
      kind: 'answers',
      answers: { intro: 'a', points: ['b'] },
    });
  });
  it.each([
    [null],
    ['text'],
    [{}],
    [{ intro: '', points: ['x'] }],
    [{ intro: 'a', points: [] }],
    [{ intro: 'a', points: ['a', 'b', 'c', 'd'] }],
    [{ intro: 'a', points: ['x', 7] }],
    [{ intro: ['a'], points: ['x'] }],
    [{ intro: 'a', points: ['x'], answer: 42 }],
  ])('is refused when it does not: %j', (value) => {
    const read = readAnswers(template, value);
    expect(read).toMatchObject({ kind: 'findings' });
  });
});
