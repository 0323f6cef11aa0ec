import { describe, expect, it } from 'vitest';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { TemplateEngine, TemplateFault, type TemplateScope } from './template-engine.ts';
import { writesByLanguage } from './printed-values.ts';
import { lintTemplate } from './template-lint.ts';

const scope = (row: Record<string, string> = {}): TemplateScope => ({
  row: { name: 'Ana', premium: '1234.5', due: '2026-12-01', ...row },
  slots: { intro: 'Hello.', points: ['one', 'two'] },
  locked: { terms: 'All terms apply.' },
  brand: { name: 'Acme', footer: '', website: '', email: '', phone: '', addressLines: [] },
  batch: { name: 'b', language: 'en', date: '2026-11-24', key: 'k' },
});
const fill = (body: string, row?: Record<string, string>, language = 'en'): string => {
  const engine = new TemplateEngine(language);
  const filled = engine.fill(engine.parse(body), scope(row));
  return filled.kind === 'filled' ? filled.values.fill(filled.markdown) : `skipped: ${filled.reason}`;
};
const fault = (body: string): string => {
  try {
    return `filled: ${fill(body)}`;
  } catch (error) {
    if (error instanceof TemplateFault) return error.code;
    throw error;
  }
};

describe('filling a template', () => {
  it('writes money, numbers and dates as the language has them', () => {
    const body = '{{ row.premium | money: "EUR" }} {{ row.premium | number }} {{ row.due | long_date }}';
    expect(fill(body)).toBe('€1,234.50 1,234.5 December 1, 2026');
    expect(fill(body, {}, 'de')).toBe('1.234,50\u00a0€ 1.234,5 1. Dezember 2026');
    expect(fill('[{{ row.premium | money: "EUR" }}]', { premium: '' })).toBe('[]');
  });

  it.each([
    ['{{ row.premium | plus: 0.2 }}', '0.1', '0.3'],
    ['{{ row.premium | times: 3 }}', '1.15', '3.45'],
    ['{{ row.premium | times: 1.1 | money: "EUR" }}', '10.05', '€11.06'],
    ['{{ row.premium | times: 1000000 | times: 1000000000000000 }}', '12', '12000000000000000000000'],
    ['{{ row.premium | divided_by: 10000000 }}', '1', '0.0000001'],
    ['{{ row.premium | money: "EUR" }}', '1234567890123456.78', '€1,234,567,890,123,456.78'],
    ['{{ row.premium | number }}', '12345678901234567890', '12,345,678,901,234,567,890'],
    ['{{ row.premium | money: "EUR" }}', '-0.001', '€0.00'],
    ['{{ row.premium | money: "EUR" }}', '-0.01', '-€0.01'],
  ])('keeps each digit of an amount: %s of %s (Shopify/liquid#155, moneyphp#665)', (body, premium, text) => {
    expect(fill(body, { premium })).toBe(text);
  });

  it.each([
    ['{{ row.x | times: 2 }}', 'ten'],
    ['{{ 2 | plus: row.x }}', '1.234,50'],
    ['{{ 3 | divided_by: row.x }}', '0'],
    ['{{ row.x | number }}', '0x10'],
    ['{{ row.x | money: "EUR" }}', 'Infinity'],
    ['{{ row.x | long_date }}', '2026-02-31'],
    ['{{ row.x | long_date }}', '2026'],
    ['{{ row.x | long_date }}', '2026-11-240'],
  ])('prints no number and no day that nobody wrote: %s of %s (liquidjs#813, docassemble-ALToolbox#60)', (body, x) => {
    expect(() => fill(body, { x })).toThrow(expect.objectContaining({ code: 'template.value' }));
  });

  it('takes an empty value for nothing where it calculates, and the day of an instant', () => {
    expect(fill('{{ row.x | plus: 2 }}', { x: '' })).toBe('2');
    expect(fill('{{ row.x | long_date }}', { x: '2026-11-24T23:30:00-05:00' })).toBe('November 24, 2026');
  });

  it('writes letters in upper and lower case as the language does (turkish_support#2)', () => {
    const body = '{{ row.x | upcase }} {{ row.x | capitalize }} {{ "ILIK" | downcase }}';
    expect(fill(body, { x: 'içel' }, 'tr')).toBe('İÇEL İçel ılık');
    expect(fill(body, { x: 'straße' }, 'de')).toBe('STRASSE Straße ilik');
  });

  it('compares amounts as numbers, loops over lists and leaves rows out', () => {
    expect(fill('{% if row.premium > 999 %}big{% endif %}')).toBe('big');
    expect(fill('{% for point in slots.points %}- {{ point }}\n{% endfor %}')).toBe('- one\n- two\n');
    expect(fill('a{% if row.name == "Ana" %}{% skip "no letters to Ana" %}{% endif %}')).toBe(
      'skipped: no letters to Ana',
    );
  });

  it.each([
    ['{{ row.premium | money: "EUR" }}', true],
    ['{% for x in slots.points %}{% assign n = row.premium | plus: 1 | number %}{{ n }}{% endfor %}', true],
    ['{% if row.name %}{{ row.due | long_date }}{% endif %}', true],
    ['{{ row.premium }} {{ row.due }} | number | money', false],
  ])('is known to write as its language does: %s, %s (Portwood#97)', (body, isOne) => {
    expect(writesByLanguage(body)).toBe(isOne);
  });

  it('takes a cell of blanks as nothing where it is asked about (action-center-platform#459)', () => {
    const body = '{% if row.x and row.name %}*Note: {{ row.x }}*{% else %}no note{% endif %}{{ row.x | default: "!" }}';
    for (const x of ['', ' ', '\u00a0', '\u200b']) expect(fill(body, { x })).toBe('no note!');
    expect(fill('{% unless row.x %}none{% endunless %}{% if row.x == "" %}, empty{% endif %}', { x: '' })).toBe(
      'none, empty',
    );
    expect(fill('{% if row.x or row.y %}some{% endif %}{% if not row.x %}, no x{% endif %}', { x: ' ', y: '0' })).toBe(
      'some, no x',
    );
  });

  it('takes what is not there as nothing, unless it shall be printed (Liqp#104)', () => {
    expect(fill('{{ row.nick | strip | default: "you" }}{% if row.nick == "x" %}x{% else %}!{% endif %}')).toBe('you!');
    expect(fill('{% for line in brand.lines %}x{% else %}none{% endfor %}')).toBe('none');
    expect(fault('{% for line in brand.lines %}{% endfor %}{{ brand.lines }}')).toBe('template.unknownVariable');
  });

  it.each([
    ['an unknown variable', '{{ row.nope }}', 'template.unknownVariable'],
    ['a prototype', '{{ row.constructor }}', 'template.unknownVariable'],
    ['a prototype by name', '{{ row["__proto__"]["x"] }}', 'template.unknownVariable'],
    ['a file', '{% include "/etc/passwd" %}', 'template.syntax'],
    ['a layout', '{% layout "x" %}', 'template.syntax'],
    ['raw output', '{{ row.name | raw }}', 'template.syntax'],
    ['a clock', '{{ "now" | date: "%Y" }}', 'template.syntax'],
    ['an unclosed tag', '{% if row.name %}x', 'template.syntax'],
    ['a body that is too long', 'x'.repeat(100_001), 'template.limit'],
    ['a huge range', '{% for i in (1..1000000000) %}{% endfor %}', 'template.limit'],
    [
      'nested loops',
      '{% for i in (1..3000) %}{% for j in (1..3000) %}{% for k in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}',
      'template.limit',
    ],
    [
      'doubling text',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
      'template.limit',
    ],
    [
      'doubling replacements',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..9) %}{% assign a = a | replace: "x", "xxxxxxxxxx" %}{% endfor %}{{ a }}',
      'template.limit',
    ],
    ['a wrong number', '{{ row.name | money: "EUR" }}', 'template.value'],
    ['a wrong currency', '{{ row.premium | money: "EURO" }}', 'template.value'],
  ])('refuses %s', (_, body, code) => {
    expect(fault(body)).toBe(code);
  });
});

describe('linting a template', () => {
  const template = (body: string): DocumentTemplate =>
    DocumentTemplate.parse({
      name: 'T',
      columns: { name: {}, account: { prompt: false } },
      slots: { intro: { instruction: 'Greet.', maxWords: 20 } },
      locked: { terms: 'Terms.' },
      body,
    });
  const lint = (body: string): string[] =>
    lintTemplate(template(body)).map((problem) => `${problem.path} ${problem.code}`);

  it('accepts a good one', () => {
    const body = `# {{ row.name }}\n{{ slots.intro }}\n{% assign x = row.account | default: "-" %}{{ x }}{{ locked.terms }}
{% for line in brand.addressLines %}{{ line }}{{ forloop.index }}{% endfor %}{% for i in (1..5) %}{{ i }}{% endfor %}`;
    expect(lint(body)).toEqual([]);
  });

  it.each([
    ['{{ slots.intro }}{{ row.nam }}', 'template.body[1:21] template.unknownVariable'],
    ['{{ slots.intro }}\n{{ user.name }}', 'template.body[2:4] template.unknownVariable'],
    ['{{ slots.intro }}{{ row[row.name] }}', 'template.body[1:21] template.dynamicVariable'],
    ['{{ slots.intro }}{{ row.name.x }}', 'template.body[1:21] template.unknownVariable'],
    ['{{ row.name }}', 'template.slots.intro template.unusedSlot'],
    ['{{ slots.intro }}{% for i in (1..row.name) %}{% endfor %}', 'template.body[1:18] template.unboundedLoop'],
    ['{{ slots.intro }}{% for i in (1..100000) %}{% endfor %}', 'template.body[1:18] template.tooExpensive'],
    [
      '{{ slots.intro }}{% for i in (1..99) %}{% for j in (1..99) %}{% endfor %}{% endfor %}',
      'template.body[1:40] template.tooExpensive',
    ],
    ['{{ slots.intro }}{% include "x" %}', 'template.body[1:18] template.syntax'],
    ['{{ slots.intro ', 'template.body[1:1] template.syntax'],
  ])('refuses %s', (body, problem) => {
    expect(lint(body)).toEqual([problem]);
  });

  it('refuses to make the model mention what it may not see', () => {
    const bad = template('{{ slots.intro }}');
    bad.slots['intro'] = { ...bad.slots['intro'], mentions: ['account', 'gone'] } as DocumentTemplate['slots'][string];
    expect(lintTemplate(bad).map((problem) => problem.code)).toEqual([
      'template.hiddenMention',
      'template.unknownVariable',
    ]);
  });
});
