import { describe, expect, it } from 'vitest';
import { loopProblems } from './loop-lint.ts';

const codes = (body: string): string[] => loopProblems(body).map(({ code }) => code);

describe('loops of a template', () => {
  it.each<[string, string[]]>([
    ['{% for i in (1..5) %}{% endfor %}', []],
    ['{%- for i in ( 1 .. 5 ) -%}{% endfor %}', []],
    ['{% for line in brand.addressLines %}{% endfor %}', []],
    ['{% for i in (1..row.count) %}{% endfor %}', ['template.unboundedLoop']],
    ['{% for i in (..5) %}{% endfor %}', ['template.unboundedLoop']],
    ['{% for i in (1..6000) %}{% endfor %}', ['template.tooExpensive']],
    [
      '{% for i in a %}{% for j in b %}{% for k in (1..3) %}{% endfor %}{% endfor %}{% endfor %}',
      ['template.tooExpensive'],
    ],
    ['{% for i in a %}{% endfor %}{% for j in b %}{% endfor %}{% for k in (1..90) %}{% endfor %}', []],
    ['{% forloop %}{% if a %}{% endif %}{{ "(1..9999999)" }}', []],
  ])('%s: %j', (body, expected) => expect(codes(body)).toEqual(expected));

  it('says where', () => {
    expect(loopProblems('a\nbc{% for i in (1..n) %}')[0]?.path).toBe('template.body[2:3]');
  });

  // Each took minutes or hours of the API's one thread when the tags were found by a pattern.
  it.each<[string, string]>([
    ['a range of blanks that has no end (security 3)', `{% for i in "(${' '.repeat(99_000)}" %}{% endfor %}`],
    ['dots and blanks', `{% for i in (${' ..'.repeat(33_000)} %}`],
    ['beginnings of loops in a text', `{{ "${'{% for '.repeat(14_000)}" }}`],
    ['tags that are not closed', '{%'.repeat(50_000)],
    ['loops in loops', '{% for i in a %}'.repeat(6_000)],
    ['dashes', `{%${'-'.repeat(99_000)}%}`],
  ])('are looked at once: %s', (_, body) => expect(codes(body).length).toBeLessThanOrEqual(51));
});
