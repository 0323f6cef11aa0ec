import { own } from '../../contracts/core/json.ts';
import type { Problem } from '../../contracts/documents/documents.ts';
import type { ColumnSpec, DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import type { ColumnMapping } from '../../contracts/documents/batch.schema.ts';

/** Where each template variable stands in a file: `index` counts from 0. `unused` are headers that the template never reads. */
export type ColumnPlan = {
  width: number;
  key: { index: number; header: string };
  email: { index: number; header: string } | null;
  variables: { name: string; index: number; header: string; spec: ColumnSpec }[];
  unused: string[];
};

/** Either the plan or all the reasons why the file does not fit the template. */
export type PlannedColumns = { kind: 'plan'; plan: ColumnPlan } | { kind: 'refused'; problems: Problem[] };

/**
 * Finds the columns of a batch in the header of its file, by name and never by position. A header is matched by the mapping or
 * by its simplified name (`First name` is `first_name`); an empty or repeated one refuses the file.
 */
export function planColumns(
  header: readonly string[],
  template: Pick<DocumentTemplate, 'columns'>,
  mapping: ColumnMapping,
): PlannedColumns {
  const headers = header.map((cell) => cell.trim().normalize('NFC'));
  const problems = headerProblems(headers);
  const find = (variable: string): number => {
    const wanted = own(mapping.map, variable)?.trim().normalize('NFC');
    if (wanted !== undefined) return headers.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
    return headers.findIndex((name) => simplifyHeader(name) === variable);
  };
  const locate = (variable: string, path: string): { index: number; header: string } => {
    const index = find(variable);
    if (index < 0) problems.push(missingColumn(variable, path, headers));
    return { index, header: headers[index] ?? variable };
  };

  const key = locate(mapping.key, 'columns.key');
  const email = mapping.email === undefined ? null : locate(mapping.email, 'columns.email');
  const variables = Object.entries(template.columns).flatMap(([name, spec]) => {
    if (!spec.required && find(name) < 0) return [];
    return [{ name, spec, ...locate(name, `template.columns.${name}`) }];
  });
  if (problems.length > 0) return { kind: 'refused', problems };

  const used = new Set([key.index, email?.index, ...variables.map((variable) => variable.index)]);
  const unused = headers.filter((_, index) => !used.has(index));
  return { kind: 'plan', plan: { width: headers.length, key, email, variables, unused } };
}

/** `First name` → `first_name`, `E-Mail` → `e_mail`; accents are dropped. */
export function simplifyHeader(header: string): string {
  return header
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

function headerProblems(headers: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  headers.forEach((name, index) => {
    const path = `rows.header[${index}]`;
    if (name === '') {
      const message = `Column ${index + 1} has no name`;
      problems.push({ path, code: 'csv.emptyHeader', message, hint: 'Name the column or delete it' });
      return;
    }
    // Names that differ only in writing would be the same variable: which one a document shows must not be a guess.
    const same = simplifyHeader(name) || name;
    const earlier = first.get(same);
    if (earlier === undefined) first.set(same, index);
    else {
      const message = `Columns ${earlier + 1} and ${index + 1} are both named “${name}”`;
      problems.push({ path, code: 'csv.duplicateHeader', message, hint: 'Rename one of them or delete it' });
    }
  });
  return problems;
}

function missingColumn(variable: string, path: string, headers: readonly string[]): Problem {
  const found = headers
    .filter((name) => name !== '')
    .slice(0, 12)
    .join(', ');
  return {
    path,
    code: 'columns.missing',
    message: `The file has no column for “${variable}”`,
    hint: `Add it, or name its header in columns.map.${variable}; the file has: ${found}`,
  };
}
