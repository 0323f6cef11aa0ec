import { own } from '../../../contracts/core/json.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';

/** Columns that call a person by name, as files name them: at once, or in two parts. */
const wholeNames = ['name', 'full_name', 'customer_name', 'recipient', 'customer'];
const nameParts = [
  ['first_name', 'given_name', 'firstname'],
  ['last_name', 'family_name', 'surname', 'lastname'],
];

/**
 * Whom a row is about, for a list of rows: the name in it, else its first value that the template says belongs to one person; null where
 * nothing but its key says so.
 */
export function recipientOf(
  row: { key: string; values: Readonly<Record<string, string>> },
  { columns }: Pick<DocumentTemplate, 'columns'>,
): string | null {
  const valueIn = (names: readonly string[]): string =>
    names.map((name) => own(row.values, name)?.trim() ?? '').find((value) => value !== '') ?? '';
  const parts = nameParts.map(valueIn).filter((part) => part !== '');
  const named = valueIn(wholeNames) || parts.join(' ');
  if (named !== '') return named;
  const identifying = Object.keys(columns).filter((name) => columns[name]?.identifying);
  return valueIn(identifying.filter((name) => own(row.values, name) !== row.key)) || null;
}
