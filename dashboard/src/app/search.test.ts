import { describe, expect, it } from 'vitest';
import { days, readSearch, text } from './search.ts';

describe('the query of an address', () => {
  const read = readSearch({ days, q: text });

  it('has the days that a list can be narrowed to', () => {
    expect([read({ days: 7 }), read({ days: '30', q: 'a' })]).toEqual([{ days: '7' }, { days: '30', q: 'a' }]);
  });

  it.each(['abc', '', '-1', '1e99', '1.5', 2, Number.NaN, null, ['7'], true])(
    'says nothing where it has %j for days, so that no page breaks (a hostile reader 14)',
    (value) => {
      // As the router does.
      const said = { days: value, q: 'a' };
      expect({ ...said, ...read(said) }).toEqual({ q: 'a' });
    },
  );
});
