import { readFileSync } from 'node:fs';

/** Templates that mean harm: what each does, its body, and the code that it is refused with, in a letter and in a document. */
export const hostileTemplates: [what: string, body: string, code: string][] = [
  [
    'turns endlessly',
    '{% for i in (1..3000) %}{% for j in (1..3000) %}{% for k in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}',
    'template.limit',
  ],
  [
    'pads without end',
    '{% assign a = "xxxxxxxxxx" %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    'template.limit',
  ],
  ['reaches for prototypes', '{{ row.constructor.constructor }}', 'template.unknownVariable'],
  ['reads files', '{% render "/etc/passwd" %}', 'template.syntax'],
];

/** A table as long as a template may be: no work for Liquid, and more than 50 MB for the reader of Markdown. */
export const hungry = `|a|b|c|\n|-|-|-|\n${'|\n'.repeat(48_000)}`;

/** What a process was given, as Linux tells: the names in its environment, and how large its heap may be. */
export function jailOf(pid: number): { environment: string[]; heap: string | undefined } {
  const read = (file: string): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  return {
    environment: read('environ').map((line) => line.split('=')[0] ?? ''),
    heap: read('cmdline').find((argument) => argument.startsWith('--max-old-space-size')),
  };
}
