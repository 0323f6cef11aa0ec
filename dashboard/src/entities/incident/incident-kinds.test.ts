import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { incidentKinds } from './incident-kinds.ts';

describe('the kinds of incidents that the dashboard gives advice about (bad day, an incident without advice)', () => {
  const known = Object.keys(incidentKinds);

  it('are all that the docs know', () => {
    const docs = readFileSync('docs/operations.md', 'utf8');
    const rows = docs.match(/^\| (`[a-z]+\.[a-zA-Z]+`(, )?)+ \|/gm) ?? [];
    const kinds = rows.flatMap((row) => row.match(/[a-z]+\.[a-zA-Z]+/g) ?? []);
    expect(kinds).not.toEqual([]);
    expect(kinds.toSorted()).toEqual(known.toSorted());
  });

  it('are all that the code opens by name', () => {
    const opened = globSync('{activities,platform,worker}/**/*.ts', { exclude: ['**/*.test.ts', '**/migrations/**'] })
      .map((file) => readFileSync(file, 'utf8'))
      .filter((text) => /openIncident|closeIncident|Incident\(/.test(text))
      .flatMap((text) => [...text.matchAll(/kind: '([a-z]+\.[a-zA-Z]+)'/g)].map(([, kind = '']) => kind));
    expect(opened).not.toEqual([]);
    expect(opened.filter((kind) => !known.includes(kind))).toEqual([]);
  });
});
