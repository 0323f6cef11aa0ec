import { describe, expect, it } from 'vitest';
import { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { ErasedPerson } from '../../../domain/documents/erased.ts';
import { rowsOfPerson, withoutRows, type RowsFile } from './erase-rows.ts';
import { readCsv } from './read-csv.ts';

const template = DocumentTemplate.parse({
  name: 'Letter',
  columns: { name: {} },
  slots: {},
  body: 'Dear {{ row.name }}',
});
const ana: ErasedPerson = { email: 'Ana@example.test', externalId: 'c-7', isShared: false };

/** The lines of a file in which an erasure finds the person, and the file without them. */
async function erase(content: string | Buffer, person = ana, columns: object = {}) {
  const mapping = BatchOptions.shape.columns.parse({ key: 'key', email: 'mail', ...columns });
  const source = async function* () {
    yield await Promise.resolve(Buffer.from(content));
  };
  const file: RowsFile = { open: () => Promise.resolve(source()), template, columns: mapping };
  const { own: found, named } = await rowsOfPerson(file, person);
  const parts: Buffer[] = [];
  for await (const part of withoutRows(source(), mapping, found)) parts.push(part);
  return {
    lines: found.map(({ from }) => from),
    named: named.map(({ from }) => from),
    left: Buffer.concat(parts),
    mapping,
  };
}

async function itemsOf(content: Buffer, columns = {}) {
  const source = async function* () {
    yield await Promise.resolve(content);
  };
  const items: unknown[] = [];
  for await (const item of readCsv(source(), columns)) if (item.kind === 'row') items.push([item.line, ...item.cells]);
  return items;
}

describe('the rows of a person in a file (security 17g)', () => {
  it('go by their address in any case, and by their id; all others keep their lines', async () => {
    const rows = [
      'key;mail;name',
      'a;ANA@Example.test;Ana',
      'b;joana@example.test;Joana',
      'c-7;;"An\na"',
      'd;bo@example.test;Bo',
    ];
    const { lines, left } = await erase(`${rows.join('\r\n')}\r\n`);
    expect(lines).toEqual([2, 4]);
    expect(left.toString()).not.toMatch(/\bana@|An\n|c-7/i);
    expect((await itemsOf(left)).filter((item) => (item as string[])[1] !== '')).toEqual([
      [3, 'b', 'joana@example.test', 'Joana'],
      [6, 'd', 'bo@example.test', 'Bo'],
    ]);
  });

  it('stay where another has the row and it only names the person, or has the same number', async () => {
    const adviser =
      'key,mail,name,adviser\n1,bo@example.test,Bo,ana@example.test\n2,cy@example.test,Cy,ana@example.test\n';
    expect((await erase(adviser)).lines).toEqual([]);
    expect((await erase('key,mail,name\n7,bo@example.test,Bo\n', { ...ana, externalId: '7' })).lines).toEqual([]);
    expect((await erase('key,mail,name\n7,ana@example.test,Ana\n', { ...ana, isShared: true })).lines).toEqual([]);
    expect((await erase('key,mail,name\nc-7,ana@example.test,Ana\n', { ...ana, isShared: true })).lines).toEqual([2]);
  });

  it('stay where the cell of the address is empty and the row only names the person, or where another has the address', async () => {
    const empty = await erase('key,mail,name,adviser\n1,,Bo,ana@example.test\n');
    expect([empty.lines, empty.named]).toEqual([[], []]);
    expect((await erase('key,mail,name\nc-7,bo@example.test,Bo\n')).lines).toEqual([]);
    expect((await erase('key,mail,name\nc-7,,Ana\n')).lines).toEqual([2]);
    expect((await erase('key,mail,name\nc-7,bo@example.test,Bo\n', { ...ana, email: null })).lines).toEqual([2]);
  });

  it.each(['Ana Lee <Ana@example.test>', 'Lee (ana@example.test)', 'mailto:ana@example.test', 'ana@example.test;'])(
    'go where the cell of the address has more than the address: %s (peoplefinder#130)',
    async (cell) => {
      const { lines } = await erase(`key,mail,name\n1,${cell},Ana\n2,Bo <bo@example.test>,Bo\n`);
      expect(lines).toEqual([2]);
    },
  );

  it('stay where that cell has the address of another, too, and go by the id where it has none', async () => {
    expect((await erase('key,mail,name\n1,"ana@example.test, bo@example.test",Two\n')).lines).toEqual([]);
    expect((await erase('key,mail,name\nc-7,n/a,Ana\n8,n/a,Bo\n')).lines).toEqual([2]);
  });

  it('go by an address of before (easy-digital-downloads#6565, fxa#12372)', async () => {
    const rows = 'key,mail,name\n1,old@example.test,Ana\n2,ana@example.test,Ana\n3,bo@example.test,Bo\n';
    expect((await erase(rows, { ...ana, former: ['old@example.test'] })).lines).toEqual([2, 3]);
  });

  it('are found in any cell where there is no column of addresses', async () => {
    const columns = { email: undefined };
    const found = await erase('key,name,note\n1,Ana,write to <ana@example.test>.\n2,Bo,\nc-7,Ana,\n', ana, columns);
    expect([found.named, found.lines]).toEqual([[2], [4]]);
  });

  it('are found in lines that cannot be read, and in a file that was refused', async () => {
    const { lines, left } = await erase('key,mail,name\n1,"ana@example.test,Ana\n2,bo@example.test,Bo\n');
    expect([lines, left.toString().includes('bo@example.test')]).toEqual([[2], true]);
    expect((await erase('\n"broken\n1,ana@example.test,Ana\n')).left.toString()).not.toContain('ana');
  });

  it('leave a file in another alphabet as it is read', async () => {
    const latin = Buffer.from('key,mail,name\n1,ana@example.test,Ana\n2,bo@example.test,Zoë\n', 'latin1');
    const { left, mapping } = await erase(latin, ana, { encoding: 'windows-1252' });
    expect((await itemsOf(left, mapping)).at(-1)).toEqual([3, '2', 'bo@example.test', 'Zoë']);
    const utf16 = Buffer.from('\uFEFFkey,mail,name\n1,ana@example.test,Ana\n2,bo@example.test,Zoë\n', 'utf16le');
    expect((await itemsOf((await erase(utf16)).left)).at(-1)).toEqual([3, '2', 'bo@example.test', 'Zoë']);
  });
});
