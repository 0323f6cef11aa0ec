import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../contracts/documents/template.schema.ts';
import { mayBeThousands } from './amounts.ts';
import { planColumns, type ColumnPlan } from './columns.ts';
import { csvLine } from './csv-line.ts';
import { createRowMapper } from './rows.ts';
import { printedCurrencies } from './template/printed-values.ts';

const column = (over: Partial<ColumnSpec> = {}): ColumnSpec => ({
  type: 'text',
  required: true,
  prompt: true,
  identifying: false,
  ...over,
});
const template = {
  columns: { first_name: column(), premium: column({ type: 'money' }), due: column({ type: 'date', required: false }) },
};
const header = ['Policy no', 'First name', 'Premium', 'Due', 'E-Mail', 'Remarks'];
const mapping = { key: 'policy_no', email: 'e_mail', map: {} };

function plan(columns = header, over = mapping): ColumnPlan {
  const planned = planColumns(columns, template, over);
  if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.problems));
  return planned.plan;
}
const codes = (columns: string[], over: Parameters<typeof planColumns>[2] = mapping): string[] => {
  const planned = planColumns(columns, template, over);
  return planned.kind === 'refused' ? planned.problems.map((problem) => `${problem.path} ${problem.code}`) : [];
};

const good = ['P-1', ' Ana ', '12.50', '2026-12-01', 'ana@example.com', ''];
const over = (index: number, value: string): string[] => good.with(index, value);

describe('the header of a file', () => {
  it('is matched by simplified names, whatever the order, and names what the template never reads', () => {
    expect(plan().unused).toEqual(['Remarks']);
    expect(plan(header.toReversed()).variables.map(({ name, index }) => [name, index])).toEqual([
      ['first_name', 4],
      ['premium', 3],
      ['due', 2],
    ]);
  });

  it('is matched by the mapping where one is given', () => {
    const renamed = { ...mapping, map: { first_name: 'Vorname', policy_no: 'Vertrag' } };
    const found = plan(['Vertrag', 'Vorname', 'Premium', 'E-Mail'], renamed);
    expect(found.key).toEqual({ index: 0, header: 'Vertrag' });
    expect(found.variables.map(({ name }) => name)).toEqual(['first_name', 'premium']);
  });

  it('refuses the file for a column that could be two, or is missing, all at once', () => {
    expect(codes(['Policy no', '', 'First name', 'first_name'])).toEqual([
      'columns.email columns.missing',
      'rows.header[3] csv.duplicateHeader',
      'template.columns.premium columns.missing',
    ]);
    expect(codes(header, { ...mapping, key: 'contract' })).toEqual(['columns.key columns.missing']);
  });

  it('may have columns without a name, or with the same one, that nothing reads (DataBasic#176)', () => {
    const odd = [...header, '', 'Discount', 'Discount %', 'Телефон 2', 'Адрес 2', ''];
    expect(codes(odd)).toEqual([]);
    const mapped = createRowMapper(plan(odd))(2, [
      'P-1',
      'Ana',
      '12.50',
      '',
      '',
      '',
      '',
      '5',
      '6',
      'x',
      'y',
      '',
      '',
      '',
    ]);
    expect(mapped).toMatchObject({ kind: 'row', row: { values: { first_name: 'Ana', premium: '12.50' } } });
    const chosen = { ...mapping, map: { first_name: 'first_name' } };
    expect(plan([...header, 'first_name'], chosen).variables[0]).toMatchObject({ index: 6 });
  });

  it('finds the column `constructor` of a template (LokiJS #839)', () => {
    const named = { columns: { constructor: column() } };
    expect(planColumns(['id', 'Constructor'], named, { key: 'id', map: {} })).toMatchObject({
      kind: 'plan',
      plan: { variables: [{ name: 'constructor', index: 1 }] },
    });
  });

  it('takes `__proto__` for a name like any other', () => {
    expect(plan([...header, '__proto__']).unused).toEqual(['Remarks', '__proto__']);
  });
});

describe('a row', () => {
  it('becomes values by variable', () => {
    expect(createRowMapper(plan())(2, good)).toEqual({
      kind: 'row',
      row: {
        line: 2,
        key: 'P-1',
        email: 'ana@example.com',
        values: { first_name: 'Ana', premium: '12.50', due: '2026-12-01' },
      },
    });
  });

  it.each([
    ['too short', good.slice(0, 4), 'row.tooShort', undefined],
    ['too long', [...good, 'x'], 'row.tooLong', undefined],
    ['without its key', over(0, ' '), 'row.keyEmpty', 1],
    ['with an endless key', over(0, 'x'.repeat(201)), 'row.keyTooLong', 1],
    ['without a required cell', over(1, ''), 'row.cellEmpty', 2],
    ['with a wrong amount', over(2, '12,50 €'), 'row.notANumber', 3],
    ['with an amount that is none', over(2, '12,50,1'), 'row.notANumber', 3],
    ['with a day that does not exist', over(3, '2026-02-30'), 'row.notADate', 4],
    ['with a wrong address', over(4, 'ana@'), 'row.notAnEmail', 5],
  ])('%s is an error at its place', (_, cells, code, at) => {
    const mapped = createRowMapper(plan())(7, cells);
    expect(mapped).toMatchObject({
      kind: 'error',
      error: { line: 7, code, ...(at === undefined ? {} : { column: at }) },
    });
  });

  it('with the key of an earlier one names that one; a refused row does not take its key', () => {
    const map = createRowMapper(plan());
    map(2, over(2, 'x'));
    expect(map(3, good).kind).toBe('row');
    expect(map(4, good)).toMatchObject({
      error: { code: 'row.keyRepeated', message: expect.stringContaining('line 3') },
    });
  });

  it.each([
    ['1.234,50', ',', '1234.50'],
    ['79,91', ',', '79.91'],
    ['1.234', ',', '1234'],
    ['1,234', '.', '1234'],
    ['1,234', ',', '1.234'],
    ['1,23,456.00', '.', '123456.00'],
    ['1 234,50 €', ',', '1234.50'],
    ['CHF 1’234.50', '.', '1234.50'],
    ['-€ 1.234,50', ',', '-1234.50'],
    ['€10.50', undefined, '10.50'],
    ['EUR 10.50', undefined, '10.50'],
    ['1,234.50', undefined, '1234.50'],
    ['1234.50', undefined, '1234.50'],
  ] as const)('has %s with the decimal mark %s as a plain number (PapaParse#1005)', (written, decimal, plain) => {
    expect(createRowMapper(plan(), decimal)(2, over(2, written))).toMatchObject({
      row: { values: { premium: plain } },
    });
  });

  it.each(['1.234,50', '79,91', '1,234', '1.234.567', '€1.234', '--5', '12,5 %', 'x', '1.2,3.4'])(
    'is not guessed at where its amount is %s',
    (written) => expect(createRowMapper(plan())(2, over(2, written)).kind).toBe('error'),
  );

  it('is asked about where money has three decimals: it may be a thousand times as much', () => {
    const cells = ['1.234', '-12.500', '0.125', '1234.567', '1.23', '1234'];
    expect(cells.filter(mayBeThousands)).toEqual(['1.234', '-12.500']);
  });

  it('has composed letters: keys that look alike are alike', () => {
    const map = createRowMapper(plan());
    map(2, over(0, '\u00c11'));
    expect(map(3, over(0, 'A\u03011'))).toMatchObject({ error: { code: 'row.keyRepeated' } });
  });

  it.each([
    ['#N/A', 'row.spreadsheetError'],
    ['#REF!', 'row.spreadsheetError'],
    ['#BEZUG!', 'row.spreadsheetError'],
    ['#¡VALOR!', 'row.spreadsheetError'],
    ['#NAME?', 'row.spreadsheetError'],
    ['#N/B', 'row.spreadsheetError'],
    ['#DIVISION/0!', 'row.spreadsheetError'],
    ['#ZÉRÓOSZTÓ!', 'row.spreadsheetError'],
    ['#YOK', 'row.spreadsheetError'],
    ['Err:502', 'row.spreadsheetError'],
    ['########', 'row.spreadsheetError'],
    ['4.41E+11', 'row.shortened'],
    ['5,58199E+12', 'row.shortened'],
  ])(
    'is refused where a spreadsheet has spoiled it: %s in a text, an amount or the key (bilig#42, camptix#40)',
    (cell, code) => {
      for (const at of [0, 1, 2]) expect(createRowMapper(plan())(2, over(at, cell))).toMatchObject({ error: { code } });
    },
  );

  it.each(['#1', '#VIP', 'E+', 'N/A', 'CLASS 2E10', '2E1', '007', '#NOFILTER'])('may be the text %s', (text) => {
    expect(createRowMapper(plan())(2, over(1, text))).toMatchObject({ row: { values: { first_name: text } } });
  });

  it('keeps the zeros at the head of a key (noptin#602)', () => {
    expect(createRowMapper(plan())(2, over(0, '00012'))).toMatchObject({ row: { key: '00012' } });
  });

  it.each(['+353 1 555 0100', '=Ana', '-5', '@ana'])(
    'comes back from errors.csv as it was: %s (odoo#99995)',
    (value) => {
      const [sent = ''] = csvLine([value, 'x']).split(',');
      const [name, amount] = [over(1, sent.replaceAll('"', '')), over(2, sent)];
      expect(createRowMapper(plan())(2, name)).toMatchObject({ row: { values: { first_name: value } } });
      if (value === '-5')
        expect(createRowMapper(plan())(2, amount)).toMatchObject({ row: { values: { premium: '-5' } } });
    },
  );

  it('has the same key with and without marks that nobody sees, and an address without them (lute-v3#612, notifuse#223)', () => {
    const map = createRowMapper(plan());
    expect(map(2, over(0, 'P-\u200b7').with(4, ' ana@example.com\u00a0\u200b'))).toMatchObject({
      row: { key: 'P-7', email: 'ana@example.com' },
    });
    expect(map(3, over(0, '\ufeffP-7'))).toMatchObject({ error: { code: 'row.keyRepeated' } });
  });

  it('has no marks of direction, and no letter that nobody sees in its key or address (gumroad#6522, kumomta#416)', () => {
    const map = createRowMapper(plan());
    const cells = over(0, '\u202aP-\u00ad9\u202c')
      .with(1, '\u200eAna \u202eanA')
      .with(4, '\u202aana@example.com\u202c');
    expect(map(2, cells)).toMatchObject({
      row: { key: 'P-9', email: 'ana@example.com', values: { first_name: 'Ana anA' } },
    });
    for (const address of ['a\u200bna@example.com', 'ana@exam\u2060ple.com', 'ana@example.c\u00adom'])
      expect(createRowMapper(plan())(2, over(4, address))).toMatchObject({ error: { code: 'row.notAnEmail' } });
  });

  it('keeps what joins letters, as in Persian and in emoji', () => {
    const joined = 'می\u200cخواهم 👩\u200d💻';
    expect(createRowMapper(plan())(2, over(1, joined))).toMatchObject({ row: { values: { first_name: joined } } });
  });

  it('may leave out what is optional, and is nothing when all cells are empty', () => {
    expect(createRowMapper(plan())(2, over(3, '').with(4, ''))).toMatchObject({
      row: { email: null, values: { due: '' } },
    });
    expect(createRowMapper(plan())(2, ['', ' ', '', '', '', ''])).toEqual({ kind: 'blank' });
  });
});

describe('an amount with its currency (firefly-iii#746, mathesar#2169)', () => {
  const code = (body: string, amounts: string[], cells = good): string[] => {
    const map = createRowMapper(plan(), undefined, printedCurrencies(body));
    return amounts.map((amount, at) => {
      const mapped = map(at + 2, cells.with(0, `P-${at}`).with(2, amount));
      return mapped.kind === 'error' ? mapped.error.code : mapped.kind;
    });
  };

  it('is refused where the letter would print another one', () => {
    const amounts = ['€10.50', 'EUR 10.50', '10.50', '$79.91', 'GBP 100.00', '-12 USD', '$12 EUR'];
    const [other, row] = ['row.otherCurrency', 'row'];
    expect(code('{{ row.premium | money: "EUR" }}', amounts)).toEqual([row, row, row, other, other, other, other]);
    expect(code('{% if row.due %}{{ row.premium | times: 2 | money: "EUR" }}{% endif %}', ['€5', '$5'])).toEqual([
      row,
      other,
    ]);
    expect(code('{% assign twice = row.premium | times: 2 %}{{ twice | money: "EUR" }}', ['€5', '$5'])).toEqual([
      row,
      other,
    ]);
    expect(code('{{ row.premium | money: row.first_name }}', ['$5', '€5'], good.with(1, 'USD'))).toEqual([row, other]);
  });

  it('may be written in each way that its currency has', () => {
    expect(code('{{ row.premium | money: "USD" }}', ['$5', 'US$5', 'USD 5', '5 USD'])).toEqual(Array(4).fill('row'));
    expect(code('{{ row.premium | money: "CAD" }}', ['$5', 'CA$5', 'US$5'])).toEqual([
      'row',
      'row',
      'row.otherCurrency',
    ]);
    expect(code('{{ row.premium | money: "SEK" }}', ['5 kr', 'kr. 5', 'SEK 5', '€5'])).toEqual([
      ...Array<string>(3).fill('row'),
      'row.otherCurrency',
    ]);
    expect(code('{{ row.premium | money: "INR" }}', ['₹5', 'Rs. 5'])).toEqual(['row', 'row']);
    expect(code('{{ row.premium | money: "JPY" }}', ['￥5', '¥5', '￦5'])).toEqual(['row', 'row', 'row.otherCurrency']);
  });

  it('may be a unit in a column of numbers', () => {
    const template = { columns: { first_name: column({ type: 'number' }), premium: column({ type: 'money' }) } };
    const planned = planColumns(header, template, mapping);
    if (planned.kind === 'refused') throw new Error('refused');
    const map = createRowMapper(planned.plan, undefined, printedCurrencies('{{ row.premium | money: "EUR" }}'));
    expect(map(2, over(1, '100 KWH'))).toMatchObject({ row: { values: { first_name: '100' } } });
    expect(map(3, good.with(0, 'P-3').with(1, '100 BTU'))).toMatchObject({ error: { code: 'row.otherCurrency' } });
  });

  it('is the same in all of a column that the template prints as it is', () => {
    expect(code('{{ row.premium }}', ['5', '€5', 'EUR 5', '$5', '€6'])).toEqual([
      'row',
      'row',
      'row',
      'row.otherCurrency',
      'row',
    ]);
  });
});

describe('a row that is no person', () => {
  it('is the header of the file once more (s3-concat#3, flow.record#190)', () => {
    const text = planColumns(
      ['Policy no', 'First name', 'Remarks'],
      { columns: { first_name: column() } },
      { key: 'policy_no', map: {} },
    );
    if (text.kind === 'refused') throw new Error('refused');
    const map = createRowMapper(text.plan);
    expect(map(2, ['P-1', 'Ana', ''])).toMatchObject({ kind: 'row' });
    expect(map(3, ['\uFEFFPolicy no', 'FIRST NAME ', 'Remarks'])).toMatchObject({
      error: { line: 3, code: 'row.header' },
    });
    expect(map(4, ['Policy no', 'Ana', 'Remarks'])).toMatchObject({ kind: 'row' });
    const foreign = planColumns(
      ['番号', '名前'],
      { columns: { first_name: column() } },
      { key: 'policy_no', map: { policy_no: '番号', first_name: '名前' } },
    );
    if (foreign.kind === 'refused') throw new Error('refused');
    expect(createRowMapper(foreign.plan)(2, ['一', '王'])).toMatchObject({ kind: 'row' });
    expect(createRowMapper(foreign.plan)(2, ['番号', '名前'])).toMatchObject({ error: { code: 'row.header' } });
  });

  it.each(['NULL', 'null', '\\N', '(null)', 'undefined', 'NaN', '[object Object]'])(
    'has %s for a name (dbeaver#4755, ishortn.ink#98)',
    (nothing) => {
      for (const at of [0, 1])
        expect(createRowMapper(plan())(2, over(at, nothing))).toMatchObject({ error: { code: 'row.noValue' } });
    },
  );

  it('may leave cells empty by the name that a database has for them', () => {
    for (const nothing of ['NULL', '\\N', '[NULL]'])
      expect(createRowMapper(plan())(2, good.with(3, nothing).with(4, nothing))).toMatchObject({
        row: { email: null, values: { due: '' } },
      });
    for (const name of ['Null', 'Nan', 'None', 'Undefined'])
      expect(createRowMapper(plan())(2, over(1, name))).toMatchObject({ kind: 'row' });
  });

  it('may end before the cells that Excel leaves out, where these may be empty (exceljs#454, data-import#33)', () => {
    const columns = ['Policy no', 'First name', 'Premium', 'E-Mail', 'Due', 'Remarks'];
    const row = ['P-1', 'Ana', '12.50', 'ana@example.com', '2026-12-01', ''];
    const map = createRowMapper(plan(columns));
    expect(map(2, row.slice(0, 5))).toMatchObject({ kind: 'row', row: { values: { due: '2026-12-01' } } });
    expect(map(3, row.slice(0, 4).with(0, 'P-2'))).toMatchObject({ kind: 'row', row: { values: { due: '' } } });
    expect(map(4, row.slice(0, 3).with(0, 'P-3'))).toMatchObject({ error: { code: 'row.tooShort' } });
  });
});

describe('a cell whose letters were lost on the way (memcode#200, workadventure#1786, poMMo#70, Core#174)', () => {
  const mapped = (name: string) => createRowMapper(plan())(2, over(1, name));

  it.each(['JÃ¼rgen', 'BÃ©nÃ©vole', 'Ñ\u0081Ð»Ð¾Ð²Ð¾', 'Lâ€™Hermite', 'J√ºrgen', 'J�rgen', 'StraÃŸe', 'JosÃ©'])(
    '%s is refused',
    (name) => {
      expect(mapped(name)).toMatchObject({ error: { code: 'row.lostLetters', column: 2 } });
    },
  );

  it('says what it was', () => {
    expect(mapped('JÃ¼rgen')).toMatchObject({ error: { message: expect.stringContaining('was “Jürgen”') as string } });
  });

  it.each([
    'Jürgen',
    'Ñuñez',
    'São João',
    'JÓŹWIAK',
    'RÓŻA',
    'CAFÉ–BAR',
    'ANDRÉ’S',
    'Åse Ærø',
    'Lund–Åre',
    'Ελένη',
    'Сёмга',
    '王芳',
    'İçel',
    'Nguyễn',
    'Is it you? Yes',
    // These may be right, and a person looks at their letters (a hostile reader 18).
    'AB?CD',
    'Wifi?x',
    'Really?yes',
    'AMANHÃ…',
    'MANHÃ–TARDE',
    'J?rgen',
    'M?LLER',
    '?zlem',
    'https://example.com/?q',
  ])('%s is a name', (name) => {
    expect(mapped(name)).toMatchObject({ kind: 'row' });
  });
});
