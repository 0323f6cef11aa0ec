import { describe, expect, it } from 'vitest';
import { planColumns } from '../../../domain/documents/columns.ts';
import { errorsCsv, formatOf, type RowFault } from './errors-csv.ts';
import { type CsvItem, readCsv } from './read-csv.ts';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const linesOf = async (file: string | null, faults: [number, RowFault][]): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of errorsCsv(file === null ? null : bytes(file), new Map(faults))) lines.push(line);
  return lines;
};
const failed = (key: string): RowFault => ({ key, code: 'llm.refused', message: 'no, thanks' });

describe('the rows without a document (documents A8)', () => {
  it('stand whole behind the reason, in the order of the file, whatever its separator', async () => {
    const file = 'policy;name;amount\r\nP-1;Ana;1,5\r\nP-2;"Ben ""B"";\nand sons";2\r\nP-3;Cy;3\r\n';
    const lines = await linesOf(file, [
      [5, failed('P-3')],
      [3, failed('P-2')],
    ]);
    expect(lines).toEqual([
      '\uFEFFline,key,code,message,policy,name,amount\r\n',
      '3,P-2,llm.refused,"no, thanks",P-2,"Ben ""B"";\nand sons",2\r\n',
      '5,P-3,llm.refused,"no, thanks",P-3,Cy,3\r\n',
    ]);
  });

  it('are read as the batch says that its file is written', async () => {
    async function* file(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('policy;name\r\nP-1;J\xfcrgen\r\n', 'latin1');
    }
    const lines: string[] = [];
    const format = formatOf({ options: { columns: { key: 'policy', encoding: 'windows-1252', separator: ';' } } });
    for await (const line of errorsCsv(file(), new Map([[2, failed('P-1')]]), format)) lines.push(line);
    expect(lines[1]).toBe('2,P-1,llm.refused,"no, thanks",P-1,Jürgen\r\n');
  });

  it('are a file that can be sent again', async () => {
    const file = 'Key,Line,name\nP-1,7,Ana\n';
    const again = (await linesOf(file, [[2, failed('P-1')]])).join('');
    const items: CsvItem[] = [];
    for await (const item of readCsv(bytes(again))) items.push(item);
    expect(items.map((item) => ('cells' in item ? item.cells : item))).toEqual([
      ['error line', 'error key', 'code', 'message', 'Key', 'Line', 'name'],
      ['2', 'P-1', 'llm.refused', 'no, thanks', 'P-1', '7', 'Ana'],
    ]);
    const [header] = items;
    const template = { columns: { name: { type: 'text', required: true } } } as never;
    const plan = header && 'cells' in header && planColumns(header.cells, template, { key: 'key', map: {} });
    expect(plan).toMatchObject({ kind: 'plan', plan: { key: { index: 4 } } });
  });

  it('have the reason alone where a line cannot be read, or the file is gone', async () => {
    const unread = { key: '', code: 'csv.unclosedQuote', message: 'open' };
    expect(await linesOf('policy,name\n"P-1,Ana\n', [[2, unread]])).toEqual([
      '\uFEFFline,key,code,message,policy,name\r\n',
      '2,,csv.unclosedQuote,open\r\n',
    ]);
    expect(await linesOf(null, [[2, unread]])).toEqual([
      '\uFEFFline,key,code,message\r\n',
      '2,,csv.unclosedQuote,open\r\n',
    ]);
  });
});
