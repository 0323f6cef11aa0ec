import { describe, expect, it } from 'vitest';
import { readCsvHead } from './csv-head.ts';

const file = (text: string | Uint8Array<ArrayBuffer>): File => new File([text], 'rows.csv');
const format = { encoding: 'utf-8', separator: ',', decimal: null };
const cp1252 = Uint8Array.from([0x6e, 0x0a, 0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x0a]);

describe('the beginning of a CSV file', () => {
  it.each([
    ['commas', 'a,b\n1,2\n', { header: ['a', 'b'], rows: [['1', '2']], format }],
    [
      'semicolons and a byte order mark',
      '\uFEFFa;b\r\n1;2\r\n',
      { header: ['a', 'b'], rows: [['1', '2']], format: { ...format, separator: ';' } },
    ],
    [
      'quotes, and line ends inside them',
      'a,b\n"x, ""y""\nz",2',
      { header: ['a', 'b'], rows: [['x, "y"\nz', '2']], format },
    ],
    ['a header alone', 'a\tb', { header: ['a', 'b'], rows: [], format: { ...format, separator: '\t' } }],
    [
      'a line that names its separator',
      'sep=;\r\na;b,c\r\n1;2',
      { header: ['a', 'b,c'], rows: [['1', '2']], format: { ...format, separator: ';' } },
    ],
    ['bars', 'a|b\n1|2', { header: ['a', 'b'], rows: [['1', '2']], format: { ...format, separator: '|' } }],
    ['line ends of an old Mac', 'a,b\r1,2\r', { header: ['a', 'b'], rows: [['1', '2']], format }],
  ])('is read with %s', async (_, text, head) => expect(await readCsvHead(file(text))).toEqual(head));

  it('is three rows, however long the file', async () => {
    const { rows } = await readCsvHead(file(`a\n${'1\n'.repeat(10_000)}`));
    expect(rows).toHaveLength(3);
  });

  it('is read in the letters of spreadsheets where it is no UTF-8, and in those that are said', async () => {
    expect(await readCsvHead(file(cp1252))).toMatchObject({ rows: [['Müller']], format: { encoding: 'windows-1252' } });
    const said = await readCsvHead(file(cp1252), { encoding: 'windows-1251' });
    expect(said.rows).toEqual([['Mьller']]);
    const utf16 = Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x0a, 0, 0xfc, 0]);
    expect(await readCsvHead(file(utf16))).toMatchObject({ rows: [['ü']], format: { encoding: 'utf-16' } });
    // What the cut at 256 KB leaves of a letter is no sign of another encoding.
    const long = await readCsvHead(file(`a\n${'ü'.repeat(200_000)}x\n`));
    expect(long.format.encoding).toBe('utf-8');
  });

  it.each([
    ['1.234,50', ','],
    ['79,91', ','],
    ['1 234,50 €', ','],
    ['€1,234.50', '.'],
    ['1234.50', null],
    ['1,234', null],
    ['2026-01-02', null],
  ])('finds how %s is written', async (amount, decimal) => {
    expect((await readCsvHead(file(`a;b\nx;${amount}\n`))).format.decimal).toBe(decimal);
  });
});
