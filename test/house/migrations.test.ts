import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../platform/db/migrations/index.ts';

const folder = fileURLToPath(new URL('../../platform/db/migrations', import.meta.url));
const names = Object.keys(migrations);

describe('the list of migrations', () => {
  it('is in the order of their names, in which databases take them (a hostile reader 4)', () => {
    expect(names).toEqual(names.toSorted());
  });

  it('has each file of the folder, and no other', () => {
    const files = readdirSync(folder).filter((file) => /^\d{4}-[a-z0-9-]+\.ts$/.test(file));
    expect(names).toEqual(files.map((file) => file.replace(/\.ts$/, '')).toSorted());
  });

  it('has no number twice', () => {
    const numbers = names.map((name) => name.slice(0, 4));
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
  });
});
