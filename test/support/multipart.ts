import type { Answer, Caller } from './caller.ts';
import { letter } from './batches.ts';

/** One part of a form; with `fileName` it is sent as a file. */
export type Part = { name: string; value: string | Buffer; fileName?: string; type?: string };

const boundary = 'a-boundary-of-the-test';

/** The header of a form that `form` has written. */
export const formType = `multipart/form-data; boundary=${boundary}`;

/** Options that a batch of `rowsCsv` is accepted with. */
export const goodOptions = {
  name: 'Renewals',
  brief: 'Tell customers that their policy is renewed.',
  template: letter,
  brand: { name: 'Acme' },
  columns: { key: 'policy' },
  model: 'stub-small',
  budgetMicros: 50_000_000,
};

/** The bytes of a form. */
export function form(parts: Part[]): Buffer {
  const chunks = parts.flatMap(({ name, value, fileName, type }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const head = `Content-Disposition: form-data; name="${name}"${file}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}`;
    return [Buffer.from(`--${boundary}\r\n${head}\r\n`), Buffer.from(value), Buffer.from('\r\n')];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
}

/** The parts of a batch: its options, changed where `changes` says so, and its rows. */
export function batchParts(csv: string | Buffer, changes: object = {}): Part[] {
  return [
    { name: 'options', value: JSON.stringify({ ...goodOptions, ...changes }) },
    { name: 'rows', value: csv, fileName: 'rows.csv', type: 'text/csv' },
  ];
}

/** Posts a form to `/v1/batches`. */
export function postBatch(
  api: Caller,
  key: string,
  parts: Part[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = { 'content-type': formType, ...headers };
  return api.call({ method: 'POST', url: '/v1/batches', key, raw: form(parts), headers: type });
}
