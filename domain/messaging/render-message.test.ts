import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contracts/core/json.ts';
import { renderMessage, TemplateError } from './render-message.ts';

const render = (markdown: string, variables = {}, subject = 'Hello') =>
  renderMessage({ subject, markdown }, variables, null);

describe('a message', () => {
  it('turns Liquid and Markdown into HTML, with a subject on one line', () => {
    const message = render('Hi **{{ name }}**', { name: 'Ana' }, 'For {{ name }}\nand all');
    expect(message.subject).toBe('For Ana and all');
    expect(message.html).toContain('<p>Hi <strong>Ana</strong></p>');
  });

  it.each([
    ['a script', '<script>alert(1)</script>', /&lt;script/],
    ['Markdown', '[pay](https://evil.example)', /\[pay\]\(https:\/\/evil\.example\)/],
    ['Liquid', '{{ contact.email }}', /\{\{ contact\.email \}\}/],
  ])('prints %s from a variable as the text it is', (_, value, expected) => {
    const { html } = render('{{ value }}', { value });
    expect(html).toMatch(expected);
    expect(html).not.toContain('<a href');
    expect(html).not.toContain('<script');
  });

  it.each([
    ['an unknown variable', '{{ nobody }}'],
    ['an unknown filter', '{{ "a" | evil }}'],
    ['a syntax error', '{% if %}'],
    ['an endless loop', '{% for a in (1..1000000) %}{% for b in (1..1000000) %}x{% endfor %}{% endfor %}'],
    ['an empty endless loop', '{% for a in (1..100000000) %}{% endfor %}'],
    ['more than a mail', '{% for a in (1..5000) %}{{ "a line of a mail that nobody reads" }}{% endfor %}'],
    ['a file', '{% include "/etc/passwd" %}'],
    ['a prototype', '{{ value.constructor.name }}'],
  ])('refuses %s', (_, markdown) => {
    expect(() => render(markdown, { value: {} })).toThrow(TemplateError);
  });
});

it('writes what it calculates with the digits of its decimals, and nothing that is no number (Shopify/liquid#155)', () => {
  expect(render('{{ 0.1 | plus: 0.2 }}', {}, 'Pay {{ 1.15 | times: 3 }}')).toMatchObject({
    subject: 'Pay 3.45',
    html: expect.stringContaining('<p>0.3</p>'),
  });
  expect(() => render('{{ 3 | divided_by: 0 }}')).toThrow(TemplateError);
});

it.each(['', ' ', '\u00a0', '\u200b'])(
  'takes the blank name %j for none where a template asks for it (general-tasks#1219, action-center-platform#459)',
  (firstName) => {
    const words = '{% if contact.firstName %}{{ contact.firstName }}{% else %}reader{% endif %}';
    const subject = `Hello {{ contact.firstName | default: "there" }}, ${words}`;
    const message = renderMessage({ subject, markdown: `Dear ${words}` }, { contact: { firstName } }, null);
    expect(message.subject).toBe('Hello there, reader');
    expect(message.html).toContain('Dear reader');
  },
);

describe('what is not there (Liqp#104, php-liquid#21)', () => {
  const contact = { tags: [], items: [{ name: 'Mug', price: 9 }, { name: 'Hat' }], address: {} };

  it.each([
    ['{{ contact.firstName | default: "there" }}', 'there'],
    ['{{ contact.firstName | capitalize | strip | default: "there" }}', 'there'],
    ['{{ contact.firstName | default: contact.nickname | default: "there" }}', 'there'],
    ['{{ contact.address.city.name | default: "your town" }}', 'your town'],
    ['{% if contact.firstName %}a{% elsif contact.city == "Rome" %}b{% else %}c{% endif %}', 'c'],
    ['{% if contact.firstName | default: "x" %}a{% else %}c{% endif %}', 'a'],
    ['{% unless contact.isMember and contact.years > 3 %}join us{% endunless %}', 'join us'],
    ['{% case contact.tier %}{% when "gold" %}a{% when contact.other %}b{% else %}c{% endcase %}', 'b'],
    ['{% for item in contact.orders %}{{ item }}{% else %}none{% endfor %}', 'none'],
    ['{% for item in contact.items limit: contact.most %}{{ item.name }} {{ item.price }};{% endfor %}', 'Mug 9;Hat ;'],
    ['{% for item in contact.items %}{{ item["price"] | plus: 1 }} {% endfor %}', '10 1'],
    ['{% assign name = contact.firstName %}{{ name | default: "there" }}', 'there'],
    ['{% echo contact.firstName | default: "there" %}', 'there'],
  ])('reads as nothing in %s', (template, text) => {
    expect(render(template, { contact }).html).toContain(`<p>${text}</p>`);
    expect(render('x', { contact }, template).subject).toBe(text);
  });

  it.each([
    '{{ contact.firstName }}',
    '{{ contact.firstName | upcase }}',
    '{{ contact.address.city }}',
    '{% echo contact.firstName %}',
    '{% if true %}{% for item in contact.items %}{{ contact.firstName }}{% endfor %}{% endif %}',
    '{% for item in contact.items %}{% endfor %}{{ item.price }}',
    '{% assign name = contact.firstName %}{{ name }}',
  ])('stops a mail that prints it: %s', (template) => {
    expect(() => render(template, { contact })).toThrow(/^undefined variable: /);
    expect(() => render('x', { contact }, template)).toThrow(TemplateError);
  });
});

describe('dates (borgbackupserver#186, fizzy#1326, server-tools#42)', () => {
  const written = (template: string, value: unknown, zone: string): string =>
    renderMessage({ subject: template, markdown: 'x' }, { value } as JsonObject, null, zone).subject;

  it.each([
    ['an instant', '{{ value | date: "%d.%m. %H:%M" }}', '2026-03-01T02:30:00Z', '28.02. 21:30'],
    ['an instant with an offset', '{{ value | date: "%d.%m. %H:%M" }}', '2026-03-01T02:30:00+01:00', '28.02. 20:30'],
    ['seconds since 1970', '{{ value | date: "%d.%m. %H:%M" }}', 1_772_332_200, '28.02. 21:30'],
    [
      'an instant in a zone that the template names',
      '{{ value | date: "%H:%M", "Asia/Tokyo" }}',
      '2026-03-01T02:30:00Z',
      '11:30',
    ],
    ['a day', '{{ value | date: "%d.%m.%Y" }}', '2026-03-01', '01.03.2026'],
    ['a day where the template names a zone', '{{ value | date: "%d.%m.", "Asia/Tokyo" }}', '2026-03-01', '01.03.'],
    ['a day in words', '{{ value | date_to_long_string }}', 'March 1, 2026', '01 March 2026'],
    ['what a clock shows', '{{ value | date: "%d.%m. %H:%M" }}', '2026-03-01T09:15:00', '01.03. 09:15'],
    ['what is no date', '{{ value | date: "%d.%m." }}', 'soon', 'soon'],
  ])('writes %s where the reader is, and moves no day', (_, template, value, expected) => {
    expect(written(template, value, 'America/New_York')).toBe(expected);
  });

  it('writes the day of a zone whose midnight a clock change skips', () => {
    expect(written('{{ value | date: "%d.%m." }}', '2026-09-06', 'America/Santiago')).toBe('06.09.');
  });
});

it.each<[number | string, string]>([
  [1_767_225_600, '1.1.2026 01:00'],
  [1_767_225_600_000, '1.1.2026 01:00'],
  ['1767225600000', '1.1.2026 01:00'],
  [-1_767_225_600_000, '1.1.1914 01:00'],
  ['2026-02-30', '2026-02-30'],
  ['2026-02-30T10:00:00Z', '2026-02-30T10:00:00Z'],
  ['2028-02-29', '29.2.2028 00:00'],
  ['soon', 'soon'],
])(
  'writes %j as the date that is meant, or as it came (dotliquid#457, kestra#18508, moment#668, chronic#50)',
  (at, text) => {
    const source = { subject: '{{ at | date: "%-d.%-m.%Y %H:%M" }}', markdown: 'x' };
    expect(renderMessage(source, { at }, null, 'Europe/Berlin').subject).toBe(text);
  },
);
