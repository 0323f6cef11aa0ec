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
 * by its simplified name (`First name` is `first_name`). Columns that nothing reads may have any name, the same as another, or none.
 */
export function planColumns(
  header: readonly string[],
  template: Pick<DocumentTemplate, 'columns'>,
  mapping: ColumnMapping,
): PlannedColumns {
  const headers = header.map((cell) => cell.trim().normalize('NFC'));
  const problems: Problem[] = [];
  const named = (variable: string): number[] => {
    const wanted = own(mapping.map, variable)?.trim().normalize('NFC').toLowerCase();
    return headers.flatMap((name, index) => {
      const isIt = wanted === undefined ? simplifyHeader(name) === variable : name.toLowerCase() === wanted;
      return isIt ? [index] : [];
    });
  };
  const find = (variable: string): number => named(variable)[0] ?? -1;
  const locate = (variable: string, path: string): { index: number; header: string } => {
    const [index = -1, other] = named(variable);
    if (index < 0) problems.push(missingColumn(variable, path, headers));
    // Which one a document shows must not be a guess.
    if (other !== undefined && !problems.some((problem) => problem.path === headerPath(other)))
      problems.push(twoColumns(variable, [index, other], headers));
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

const headerPath = (index: number): string => `rows.header[${index}]`;

function twoColumns(variable: string, [one, other]: [number, number], headers: readonly string[]): Problem {
  return {
    path: headerPath(other),
    code: 'csv.duplicateHeader',
    message: `Columns ${one + 1} and ${other + 1}, “${headers[one]}” and “${headers[other]}”, could both be “${variable}”`,
    hint: `Rename one of them or delete it, or name the right one in columns.map.${variable}`,
  };
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
