import { describe, expect, it } from 'vitest';
import { readCsvHead } from './csv-head.ts';

const file = (text: string): File => new File([text], 'rows.csv');

describe('the beginning of a CSV file', () => {
  it.each([
    ['commas', 'a,b\n1,2\n', { header: ['a', 'b'], rows: [['1', '2']], delimiter: ',' }],
    [
      'semicolons and a byte order mark',
      '\uFEFFa;b\r\n1;2\r\n',
      { header: ['a', 'b'], rows: [['1', '2']], delimiter: ';' },
    ],
    [
      'quotes, and line ends inside them',
      'a,b\n"x, ""y""\nz",2',
      { header: ['a', 'b'], rows: [['x, "y"\nz', '2']], delimiter: ',' },
    ],
    ['a header alone', 'a\tb', { header: ['a', 'b'], rows: [], delimiter: '\t' }],
  ])('is read with %s', async (_, text, head) => expect(await readCsvHead(file(text))).toEqual(head));

  it('is three rows, however long the file', async () => {
    const { rows } = await readCsvHead(file(`a\n${'1\n'.repeat(10_000)}`));
    expect(rows).toHaveLength(3);
  });
});
