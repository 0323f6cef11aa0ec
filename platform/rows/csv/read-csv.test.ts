import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { csvLine } from '../../../domain/documents/csv-line.ts';
import { CsvRefused, csvLimits, readCsv, type CsvItem, type CsvLimits } from './read-csv.ts';
import type { FileEncoding } from '../../../contracts/documents/batch.schema.ts';
import { RecordScanner } from './record-scanner.ts';
import { unlimited } from '../../../test/support/properties.ts';

async function* chunks(content: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(content: string | Buffer, limits: CsvLimits = csvLimits, size = 7): Promise<CsvItem[]> {
  const items: CsvItem[] = [];
  for await (const item of readCsv(chunks(content, size), {}, limits)) items.push(item);
  return items;
}

/** Rows as `line:cells`, errors as `line!code`. */
async function brief(content: string | Buffer, limits?: CsvLimits, size?: number): Promise<string[]> {
  const items = await read(content, limits, size);
  return items.map((item) => {
    if (item.kind === 'error')
      return `${item.error.line}!${item.error.code}${item.error.column ? `@${item.error.column}` : ''}`;
    return `${item.line}:${item.cells.join('/')}`;
  });
}

async function refusal(content: string | Buffer, limits?: CsvLimits): Promise<CsvRefused> {
  const error: unknown = await read(content, limits).catch((thrown: unknown) => thrown);
  if (error instanceof CsvRefused) return error;
  throw new Error('was not refused');
}

describe('reading a file', () => {
  it('takes off a byte order mark and understands CRLF, CR and LF', async () => {
    expect(await brief('\uFEFFid,name\r\n1,Ana\r\n2,Bo')).toEqual(['1:id/name', '2:1/Ana', '3:2/Bo']);
    expect(await brief('id,name\r1,Ana\r2,Bo\r')).toEqual(['1:id/name', '2:1/Ana', '3:2/Bo']);
  });

  it('reads UTF-16 with a mark', async () => {
    expect(await brief(Buffer.from('\uFEFFid;name\n1;Zoë', 'utf16le'))).toEqual(['1:id/name', '2:1/Zoë']);
  });

  it('reads another encoding, and a mark in spite of it (adapt_framework#1097, particl#1680)', async () => {
    const cells = async (bytes: Buffer, encoding: FileEncoding) => {
      const found: string[] = [];
      for await (const item of readCsv(chunks(bytes), { encoding })) if (item.kind === 'row') found.push(...item.cells);
      return found;
    };
    expect(await cells(Buffer.from('id;name\n1;M\xfcller \x80', 'latin1'), 'windows-1252')).toEqual(['1', 'Müller €']);
    expect(await cells(Buffer.from('id;name\n1;\xa3ukasz', 'latin1'), 'windows-1250')).toEqual(['1', 'Łukasz']);
    expect(await cells(Buffer.from('\uFEFFid;name\n1;Zoë'), 'windows-1252')).toEqual(['1', 'Zoë']);
    expect(await cells(Buffer.from('82b182f182c9', 'hex'), 'shift_jis')).toEqual([]);
  });

  it('takes the semicolon where a comma is as likely, and the separator that is given (PapaParse#910, #804)', async () => {
    expect(await brief('Policy;Betrag, EUR\n1;2,50\n2;3,75')).toEqual(['1:Policy/Betrag, EUR', '2:1/2,50', '3:2/3,75']);
    const items: CsvItem[] = [];
    for await (const item of readCsv(chunks('a;b,c\n1;2,3'), { separator: ',' })) items.push(item);
    expect(items[1]).toMatchObject({ cells: ['1;2', '3'] });
  });

  it.each([',', ';', '\t', '|'])('finds the separator %j', async (separator) => {
    const file = [`id${separator}name`, `1${separator}"a,b;c|d"`].join('\n');
    const items = await read(file);
    expect(items[0]).toMatchObject({ kind: 'header', separator });
    expect(items[1]).toMatchObject({ cells: ['1', 'a,b;c|d'] });
  });

  it.each([
    [
      'a cell of many lines with commas (PapaParse#1077)',
      'id;name, first;note\n1;Ana;"a, 1\nb, 2\nc, 3\nd, 4\ne, 5"\n2;Ben;"x, 6\ny, 7\nz, 8"\n',
    ],
    ['columns filled up with blanks (PapaParse#270)', 'id   ;name      ;note    \n1    ;Ana       ;a, b    \n'],
    ['more commas in a cell than separators (PapaParse#860)', 'id ; note\n1 ; a,b,c,\n2 ; d,e,f,\n3 ; g\n'],
    ['an inch mark that is never closed', 'id;name\n1;5" pipe, grey\n2;6 pipe\n'],
  ])('finds the separator in spite of %s', async (_, file) => {
    expect((await read(file))[0]).toMatchObject({ kind: 'header', separator: ';' });
  });

  it('is not led astray by separators inside prose, and obeys sep=', async () => {
    expect(await brief('id;note\n1;a, b, c\n2;d, e')).toEqual(['1:id/note', '2:1/a, b, c', '3:2/d, e']);
    expect(await brief('sep=|\nid|a;b;c\n1|x;y;z')).toEqual(['2:id/a;b;c', '3:1/x;y;z']);
  });

  it('passes over blank lines and keeps true line numbers, also after a cell of several lines', async () => {
    expect(await brief('\n\nid,t\n\n1,"a\n\nb"\n   \n2,c\n')).toEqual(['3:id/t', '5:1/a\n\nb', '9:2/c']);
  });

  it('keeps quotes in the middle of a cell, doubled quotes and blanks around quoted cells', async () => {
    expect(await brief('id,t\n1,5" pipe\n2,"say ""hi"""\n3, "x" ')).toEqual([
      '1:id/t',
      '2:1/5" pipe',
      '3:2/say "hi"',
      '4:3/x',
    ]);
  });
});

describe('a bad row', () => {
  it.each([
    ['never close', ''],
    ['fail at the end', 'z"z,1\n'],
  ])('whose quotes all %s are not read again for each of those before them (smarter_csv #288)', async (_, end) => {
    const scan = vi.spyOn(RecordScanner.prototype, 'scan');
    const lines = 500;
    const items = await read(`a,b\n${'x","y\n'.repeat(lines)}${end}`);
    expect(items.filter((item) => item.kind === 'error')).toHaveLength(lines);
    expect(scan.mock.calls.length).toBeLessThan(3 * lines);
    scan.mockRestore();
  });

  it('with an unclosed quote costs itself alone', async () => {
    expect(await brief('id,t\n1,"open\n2,b\n3,c')).toEqual(['1:id/t', '2!csv.unclosedQuote', '3:2/b', '4:3/c']);
    expect(await brief('id,t\n1,"open\n2,b\n3,"c"\n4,d')).toEqual([
      '1:id/t',
      '2!csv.badQuote@2',
      '3:2/b',
      '4:3/c',
      '5:4/d',
    ]);
  });

  it('with NUL or another control character', async () => {
    expect(await brief('id,t\n1,a\u0000b\n\u0007,x\n3,c\td')).toEqual([
      '1:id/t',
      '2!csv.controlCharacter@2',
      '3!csv.controlCharacter@1',
      '4:3/c\td',
    ]);
  });

  it('that is not UTF-8', async () => {
    const file = Buffer.concat([Buffer.from('id,t\n1,'), Buffer.from([0xe9]), Buffer.from('\n2,é')]);
    expect(await brief(file)).toEqual(['1:id/t', '2!csv.encoding@2', '3:2/é']);
  });

  it('with a cell of 20 MB, on one line or on many, costs itself alone and no memory', async () => {
    const big = 'x'.repeat(20_000_000);
    expect(await brief(`id,t\n1,${big}\n2,b`, csvLimits, 65_536)).toEqual(['1:id/t', '2!csv.rowTooLong', '3:2/b']);
    expect(await brief(`id,t\n1,"${big}"\n2,b`, csvLimits, 65_536)).toEqual(['1:id/t', '2!csv.rowTooLong', '3:2/b']);
    const lines = `${'y'.repeat(99)}\n`.repeat(200_000);
    expect(await brief(`id,t\n1,"${lines}"\n2,b`, csvLimits, 65_536)).toEqual([
      '1:id/t',
      '2!csv.rowTooLong',
      '200003:2/b',
    ]);
  });

  it('with a cell above the limit', async () => {
    expect(await brief(`id,t\n1,${'x'.repeat(40_000)}\n2,b`)).toEqual(['1:id/t', '2!csv.cellTooLong@2', '3:2/b']);
  });
});

describe('a file is refused', () => {
  it.each([
    ['without a header', '', 'csv.empty'],
    ['with only blank lines', '\n \n', 'csv.empty'],
    ['with an unclosed quote in the header', 'id,"name\n1,a', 'csv.unclosedQuote'],
    ['with NUL in the header', 'id,na\u0000me\n1,a', 'csv.controlCharacter'],
    ['as a workbook', Buffer.from('504b030414000600', 'hex'), 'csv.controlCharacter'],
  ])('%s', async (_, content, code) => {
    const { problem } = await refusal(content);
    expect(problem).toMatchObject({ code, path: expect.stringMatching(/^rows/) });
    expect(problem.hint).not.toBe('');
  });

  it('with more rows than allowed', async () => {
    expect((await refusal('id\n1\n2\n3', { ...csvLimits, maxRows: 2 })).problem.code).toBe('csv.tooManyRows');
  });
});

describe('by property', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '日', '"', ',', ';', '\n', "'", '=', '1', '.'),
    maxLength: 8,
  });
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));

  it('reads what was written, as csv-parse reads it, whatever the size of the chunks', unlimited, async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
        const file = csvLine(['h1', 'h2']) + rows.map((row) => csvLine(row)).join('');
        const items = await read(file, csvLimits, size);
        const got = items.flatMap((item) => (item.kind === 'row' ? [item.cells] : []));
        const expected: string[][] = parse(file, { relax_column_count: true, from: 2 });
        expect(got).toEqual(expected);
      }),
    );
  });

  it('never throws anything but a refusal and never loses a readable line that stands alone', unlimited, async () => {
    const junk = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', '\u0000', ' '), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(junk, async (middle) => {
        const items = await read(`id,t\nfirst,1\n${middle}\n\nlast,"2"`);
        expect(items[1]).toMatchObject({ kind: 'row', cells: ['first', '1'] });
        expect(items.at(-1)).toMatchObject({ kind: expect.stringMatching(/row|error/) });
      }),
    );
  });
});
