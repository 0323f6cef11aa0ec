import type { BatchRow, RowError } from '../../contracts/documents/documents.ts';
import type { ColumnType } from '../../contracts/documents/template.schema.ts';
import type { ColumnMapping } from '../../contracts/documents/batch.schema.ts';
import { currenciesAround, mayBeSameCurrency, needsDecimal, plainNumber } from './amounts.ts';
import type { ColumnPlan } from './columns.ts';
import { lostLetters } from './lost-letters.ts';
import type { PrintedCurrencies } from './template/printed-values.ts';

/** What became of one line: a row of the batch without its ordinal, a reason, or nothing (all cells empty). */
export type MappedRow =
  { kind: 'row'; row: Omit<BatchRow, 'ordinal'> } | { kind: 'error'; error: RowError } | { kind: 'blank' };

/** Characters of a key: it names files and URLs. */
const KEY_CHARACTERS = 200;

/**
 * Turns the lines of one file into rows. It remembers the keys it has seen, so use one for a file: the second line with
 * the same key is an error that names the first. Values stay as they are in the file, apart from blanks around them and the marks of
 * amounts, which become plain numbers, and what databases write for an empty cell; letters with accents are composed. `decimal` is the mark before
 * an amount's decimals, `printed` the currencies that the template prints: an amount in another one is an error, as is one in another than the
 * first of its column where the template names none.
 */
export function createRowMapper(
  plan: ColumnPlan,
  decimal?: ColumnMapping['decimal'],
  printed?: PrintedCurrencies,
): (line: number, cells: readonly string[]) => MappedRow {
  const seen = new Map<string, number>();
  const first = new Map<string, string>();
  return (line, written) => {
    const cells = plainCells(plan, written, decimal);
    if (cells.every((cell) => cell.trim() === '')) return { kind: 'blank' };
    const error =
      widthError(plan, line, cells) ??
      headerError(plan, line, cells) ??
      keyError(plan, line, cells, seen) ??
      cellError(plan, line, cells) ??
      currencyError(plan, line, written, printed, first);
    if (error) return { kind: 'error', error };
    const key = keyAt(cells, plan.key.index);
    seen.set(key, line);
    const email = plan.email ? cellAt(cells, plan.email.index) : '';
    const values = Object.fromEntries(plan.variables.map(({ name, index }) => [name, cellAt(cells, index)]));
    return { kind: 'row', row: { line, key, email: email === '' ? null : email, values } };
  };
}

/**
 * Empty cells behind the last column go, and those come back that Excel leaves out at the end of a row where they may be empty; amounts become plain
 * numbers where they can; a cell that may be empty, and is called so, is empty.
 */
function plainCells(plan: ColumnPlan, written: readonly string[], decimal: ColumnMapping['decimal']): string[] {
  const cells = written.map((_, index) => cellAt(written, index));
  while (cells.length > plan.width && cells.at(-1) === '') cells.pop();
  const optional = plan.variables.filter(({ spec }) => !spec.required);
  const needed = [plan.key, ...(plan.email ? [plan.email] : []), ...plan.variables.filter(({ spec }) => spec.required)];
  if (needed.every(({ index }) => index < cells.length)) while (cells.length < plan.width) cells.push('');
  for (const { index } of plan.email ? [...optional, plan.email] : optional) {
    if (nullText.test(cells[index] ?? '')) cells[index] = '';
  }
  for (const { index, spec } of plan.variables) {
    const cell = cells[index];
    if (cell === undefined || (spec.type !== 'money' && spec.type !== 'number')) continue;
    cells[index] = plainNumber(cell, decimal) ?? cell;
  }
  return cells;
}

function widthError(plan: ColumnPlan, line: number, cells: readonly string[]): RowError | null {
  if (cells.length === plan.width) return null;
  const isShort = cells.length < plan.width;
  const message = `The row has ${cells.length} cells, the header ${plan.width}`;
  return { line, code: isShort ? 'row.tooShort' : 'row.tooLong', message };
}

/** Files that were put together from several have the header of each. */
function headerError(plan: ColumnPlan, line: number, cells: readonly string[]): RowError | null {
  const read = [plan.key, ...(plan.email ? [plan.email] : []), ...plan.variables];
  const isHeader = read.every(
    ({ header, index }) => cellAt(cells, index).toLowerCase() === cellAt([header], 0).toLowerCase(),
  );
  return isHeader ? { line, code: 'row.header', message: 'The row is the header of the file once more' } : null;
}

/** An amount in another currency than the letter would print is refused: dollars are not to become as many euros. */
function currencyError(
  plan: ColumnPlan,
  line: number,
  written: readonly string[],
  printed: PrintedCurrencies | undefined,
  first: Map<string, string>,
): RowError | null {
  for (const { name, header, index, spec } of plan.variables) {
    if (spec.type !== 'money' && spec.type !== 'number') continue;
    const [found, other] = currenciesAround(cellAt(written, index));
    if (found === undefined) continue;
    const wanted = wantedIn(plan, { name, spec }, written, printed) ?? [first.get(name) ?? found];
    first.set(name, wanted[0] ?? found);
    const wrong = [found, other].find(
      (currency) => currency !== undefined && wanted.some((code) => !mayBeSameCurrency(currency, code)),
    );
    if (wrong === undefined) continue;
    const message = `“${header}” is in ${wrong}, where ${wanted.join(' and ')} is meant`;
    return { line, column: index + 1, code: 'row.otherCurrency', message };
  }
  return null;
}

/** The currencies in which a template prints a column of one row; null where it names none. */
function wantedIn(
  plan: ColumnPlan,
  { name, spec }: Pick<ColumnPlan['variables'][number], 'name' | 'spec'>,
  written: readonly string[],
  printed: PrintedCurrencies | undefined,
): string[] | null {
  const codes = (printed?.of.get(name) ?? []).map((currency) => {
    if ('code' in currency) return currency.code;
    const at = plan.variables.find((variable) => variable.name === currency.column)?.index;
    return at === undefined ? '' : cellAt(written, at);
  });
  if (codes.length > 0) return codes.filter((code) => code !== '');
  return printed?.all && spec.type === 'money' ? [printed.all] : null;
}

function keyError(
  plan: ColumnPlan,
  line: number,
  cells: readonly string[],
  seen: ReadonlyMap<string, number>,
): RowError | null {
  const key = keyAt(cells, plan.key.index);
  const at = { line, column: plan.key.index + 1 };
  if (key === '') return { ...at, code: 'row.keyEmpty', message: `“${plan.key.header}” is empty` };
  if (key.length > KEY_CHARACTERS) {
    return {
      ...at,
      code: 'row.keyTooLong',
      message: `“${plan.key.header}” is longer than ${KEY_CHARACTERS} characters`,
    };
  }
  const wrong = spoiled(key);
  if (wrong) return { ...at, code: wrong.code, message: `“${plan.key.header}” ${wrong.message}` };
  const earlier = seen.get(key);
  if (earlier === undefined) return null;
  return { ...at, code: 'row.keyRepeated', message: `“${plan.key.header}” is the same as in line ${earlier}` };
}

function cellError(plan: ColumnPlan, line: number, cells: readonly string[]): RowError | null {
  for (const { header, index, spec } of plan.variables) {
    const value = cellAt(cells, index);
    const at = { line, column: index + 1 };
    if (value === '') {
      if (spec.required) return { ...at, code: 'row.cellEmpty', message: `“${header}” is empty` };
      continue;
    }
    const wrong = spoiled(value) ?? typeError(spec.type, value);
    if (wrong) return { ...at, code: wrong.code, message: `“${header}” ${wrong.message}` };
  }
  const email = plan.email ? cellAt(cells, plan.email.index) : '';
  const wrong = email === '' ? null : typeError('email', email);
  if (!wrong || !plan.email) return null;
  return { line, column: plan.email.index + 1, code: wrong.code, message: `“${plan.email.header}” ${wrong.message}` };
}

function typeError(type: ColumnType, value: string): { code: string; message: string } | null {
  switch (type) {
    case 'text':
      return null;
    case 'number':
    case 'money':
      if (/^-?\d+(\.\d+)?$/.test(value)) return null;
      return {
        code: 'row.notANumber',
        message: `is not a plain number such as 1234.50${needsDecimal(value) ? ': say in columns.decimal which mark begins the decimals' : ''}`,
      };
    case 'date':
      return isDate(value) ? null : { code: 'row.notADate', message: 'is not a date such as 2026-11-24' };
    case 'email':
      return isEmail(value) ? null : { code: 'row.notAnEmail', message: 'is not an e-mail address' };
    case 'url':
      return isUrl(value) ? null : { code: 'row.notAUrl', message: 'is not a web address with https://' };
  }
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function isEmail(value: string): boolean {
  return value.length <= 254 && /^[^\s\p{C}@<>(),;:"[\]\\]+@[^\s\p{C}@.]+(\.[^\s\p{C}@.]+)+$/u.test(value);
}

function isUrl(value: string): boolean {
  return /^https?:\/\/[^\s/]+\.[^\s/]+(\/\S*)?$/.test(value);
}

/** What nobody sees: spaces and hyphens of no width, and marks of direction, which come with what is copied from a directory or a chat. */
const UNSEEN = String.raw`\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF`;
const unseen = new RegExp(`[${UNSEEN}]`, 'g');
const around = new RegExp(String.raw`^[\s${UNSEEN}]+|[\s${UNSEEN}]+$`, 'g');
/** These alone turn the order of the letters behind them, to the end of the paragraph that the value is printed in. */
const overrides = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * A cell without what nobody sees around it, and without the apostrophe by which an export keeps a spreadsheet from running it: `errors.csv` has
 * one too, and is sent again.
 */
export function cellAt(cells: readonly string[], index: number): string {
  const cell = (cells[index] ?? '').replaceAll(around, '').replaceAll(overrides, '');
  return cell.replace(/^'(?=\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/, '').normalize('NFC');
}

/** A key as a person would compare it: marks of no width inside it are none of its letters. */
export function keyAt(cells: readonly string[], index: number): string {
  return cellAt(cells, index).replaceAll(unseen, '');
}

/** How databases write a cell that is empty. A person may be called Null. */
const nullText = /^(?:NULL|null|\\N|\(null\)|\[NULL\]|<null>)$/;

/** What Excel and LibreOffice write in the place of a value that they could not work out, in the languages that they speak. */
const spreadsheetError =
  /^(?:#[¡¿]?\p{Lu}[\p{Lu}\d_]+(?:\/0)?[!?]|#(?:N\/[ABD]|I\/T|Н\/Д|NV|YOK|HIÁNYZIK|NENÍ_K_DISPOZICI|GETTING_DATA)|Err:5\d\d)$/u;

/** What a program writes in the place of a value: what it did not have, what it could not work out, or a long number that lost its digits. */
function spoiled(value: string): { code: string; message: string } | null {
  if (nullText.test(value) || /^(?:undefined|nan|NaN|\[object Object\])$/.test(value))
    return { code: 'row.noValue', message: `is “${value}”, which is how a program writes what it does not have` };
  if (spreadsheetError.test(value))
    return { code: 'row.spreadsheetError', message: `is ${value}: the spreadsheet could not work it out` };
  if (/^#{3,}$/.test(value)) {
    const message = `is ${value}: its column was too narrow when the file was saved. Widen it and save it anew`;
    return { code: 'row.spreadsheetError', message };
  }
  const lost = lostLetters(value);
  if (lost !== null) {
    const message = `${lost}. Say in columns.encoding how the file is written, or save it anew from where its letters are right`;
    return { code: 'row.lostLetters', message };
  }
  if (!/^-?\d(?:[.,]\d+)?E\+?\d{2,}$/i.test(value)) return null;
  const message = `is ${value}: a spreadsheet has shortened a long number. Format the column as text and save it anew`;
  return { code: 'row.shortened', message };
}
