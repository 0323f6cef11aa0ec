import { describe, expect, it } from 'vitest';
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
    ['a script', '<script>alert(1)</script>', /&lt;script|\\?&lt;/],
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
