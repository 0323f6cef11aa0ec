import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../../platform/db/core/kysely.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { letter, rowsCsv } from '../../../test/support/batches.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { batchParts, form, formType, goodOptions, type Part, postBatch } from '../../../test/support/multipart.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

const megabyte = 1024 * 1024;

describe('POST /v1/batches', () => {
  const home = mkdtempSync(join(tmpdir(), 'tl-uploads-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const { database, api } = useTestApi({ THROUGHLINE_HOME: home });
  let key: string;
  let url: URL;

  beforeAll(async () => {
    key = await api.key(['batches:read', 'batches:write']);
    await api.app.listen(0, '127.0.0.1');
    url = new URL('/v1/batches', await api.app.getUrl());
  });

  const post = (parts: Part[], headers: Record<string, string> = {}): Promise<Answer> =>
    postBatch(api, key, parts, headers);
  const create = (csv: string | Buffer, changes: object = {}, headers = {}): Promise<Answer> =>
    post(batchParts(csv, changes), headers);
  /** Files that uploads have left in the store, half-written ones too. */
  const uploads = async (): Promise<string[]> =>
    readdir(join(home, 'objects', database.workspaceId, 'uploads')).catch(() => []);
  const rows = (value: string | Buffer): Part => ({ name: 'rows', value, fileName: 'rows.csv', type: 'text/csv' });
  const options = (value: unknown): Part => ({ name: 'options', value: JSON.stringify(value) });

  it('starts one batch for one key, however often it is sent, and keeps its rows once', async () => {
    const before = await uploads();
    const headers = { 'idempotency-key': 'batch-once' };
    const answers = await Promise.all([create(rowsCsv(2), {}, headers), create(rowsCsv(2), {}, headers)]);
    expect(answers.map((answer) => answer.status)).toEqual([202, 202]);
    expect(answers[0]?.json['id']).toBe(answers[1]?.json['id']);
    expect((await create(rowsCsv(3), {}, headers)).json['code']).toBe('idempotency.mismatch');
    expect(await uploads()).toHaveLength(before.length + 1);
  });

  it('takes a file as Excel writes it in Western Europe (A11)', async () => {
    const file = Buffer.from('Policy;First name;Premium;;\nP-1;M\xfcller;1.079,91 \x80;;\n', 'latin1');
    const columns = { key: 'policy', encoding: 'windows-1252', decimal: ',' };
    expect((await create(file, { columns })).status).toBe(202);
  });

  it('has letters bear the day that is given, or the day where the workspace is, and the same one when rows are made again', async () => {
    const call = (id: unknown, of = '', body?: object): Promise<Answer> =>
      api.call({ url: `/v1/batches/${String(id)}${of}`, key, ...(body ? { method: 'POST', body } : {}) });
    const dateOf = async ({ json: { id } }: Answer): Promise<unknown> =>
      ((await call(id)).json['options'] as { date?: string }).date;
    const inZone = (zone: string) =>
      sql`update workspace set zone = ${zone} where id = ${database.workspaceId}`.execute(kysely(database.system));
    // 25 hours apart: never the same day.
    await inZone('Pacific/Kiritimati');
    const early = await create(rowsCsv(2));
    await inZone('Pacific/Pago_Pago');
    const [late, given] = [await create(rowsCsv(2)), await create(rowsCsv(2), { date: '2026-01-05' })];
    await inZone('UTC');
    expect(String(await dateOf(early)) > String(await dateOf(late))).toBe(true);
    expect(await dateOf(given)).toBe('2026-01-05');
    expect((await create(rowsCsv(2), { date: '2026-02-30' })).json['errors']).toMatchObject([{ path: 'options.date' }]);

    const { id, runId } = given.json;
    await sql`insert into document (workspace_id, batch_id, ordinal, line, key, values, generated)
      values (${database.workspaceId}, ${id}, 1, 2, 'P-1000', '{}', 'failed')`.execute(kysely(database.system));
    await sql`update run set ended_at = now(), status = 'completed' where id = ${runId}`.execute(
      kysely(database.system),
    );
    await sql`update batch set options = jsonb_set(options, '{language}', '"de-12"') where id = ${id}`.execute(
      kysely(database.system),
    );
    const refused = await call(id, '/again', { reason: 'x' });
    expect(refused).toMatchObject({ status: 409, json: { code: 'batch.options' } });
    await sql`update batch set options = jsonb_set(options, '{language}', '"de"') where id = ${id}`.execute(
      kysely(database.system),
    );
    expect(await dateOf(await call(id, '/again', { reason: 'x' }))).toBe('2026-01-05');
  });

  it('mends a batch that is there and over, and no other (documents A8)', async () => {
    const live = String((await create(rowsCsv(2))).json['id']);
    for (const [mends, code] of [
      [live, 'batch.live'],
      ['01a214d7-0000-7000-8000-000000000000', 'batch.notFound'],
    ]) {
      const { status, json } = await create(rowsCsv(2), { mends });
      expect([status, json['errors']]).toMatchObject([422, [{ path: 'options.mends', code }]]);
    }
    await sql`update run set ended_at = now(), status = 'completed' where subject_id = ${live}`.execute(
      kysely(database.system),
    );
    expect((await create(rowsCsv(2), { mends: live })).status).toBe(202);
  });

  it('takes brief, template and brand as parts, each as a file or as a field', async () => {
    const { brief: _b, template: _t, brand: _n, ...rest } = goodOptions;
    const answer = await post([
      rows(rowsCsv(2)),
      { name: 'options', value: JSON.stringify(rest), type: 'application/json' },
      { name: 'brief', value: 'Tell them.', fileName: 'brief.md', type: 'text/markdown' },
      {
        name: 'template',
        value: `\uFEFF${JSON.stringify(letter)}`,
        fileName: 'template.json',
        type: 'application/json',
      },
      { name: 'brand', value: '{"name":"Acme"}' },
    ]);
    expect(answer.status).toBe(202);
    const batch = await api.call({ url: `/v1/batches/${String(answer.json['id'])}`, key });
    expect(batch.json['options']).toMatchObject({ brief: 'Tell them.', brand: { name: 'Acme' } });
  });

  it('is written by the installation’s model where it names none, and by that one for good (issue 13 §6)', async () => {
    const { model: _, ...rest } = goodOptions;
    const answer = await post([rows(rowsCsv(1)), options(rest)]);
    expect(answer.status).toBe(202);
    const batch = await api.call({ url: `/v1/batches/${String(answer.json['id'])}`, key });
    expect(batch.json['options']).toMatchObject({ model: 'stub-small' });
  });

  it('takes a stored template by its name and version', async () => {
    const editor = await api.key(['templates:write']);
    const put = {
      method: 'PUT' as const,
      url: '/v1/templates/document/renewal',
      key: editor,
      body: { content: letter },
    };
    expect((await api.call(put)).status).toBe(200);
    const { template: _, ...rest } = goodOptions;
    const answer = await post([rows(rowsCsv(1)), options(rest), { name: 'template', value: 'renewal@1\n' }]);
    expect(answer.status).toBe(202);
    const missing = await post([rows(rowsCsv(1)), options(rest), { name: 'template', value: 'renewal@2' }]);
    expect(missing.json['errors']).toMatchObject([{ path: 'template', code: 'template.notFound' }]);
  });

  it.each<[string, string | Buffer, object, string, string]>([
    ['an empty file', '', {}, 'rows', 'csv.empty'],
    ['a model without a price (litellm#1823)', rowsCsv(1), { model: 'qwen3:8b' }, 'options.model', 'model.noPrice'],
    ['a second one', rowsCsv(1), { fallbackModels: ['qwen3:8b'] }, 'options.fallbackModels', 'model.noPrice'],
    [
      'a font that does not come with the product (A10)',
      rowsCsv(1),
      { brand: { name: 'Acme', fonts: ['Libertinus Serif', 'Helvetica'] } },
      'options.brand.fonts[1]',
      'brand.unknownFont',
    ],
    [
      'amounts in a language of which nobody knows how it writes them (Portwood#97)',
      rowsCsv(1),
      {
        language: 'ht',
        template: { ...letter, body: '{{ slots.intro }}{% if true %}{{ row.premium | money: "USD" }}{% endif %}' },
      },
      'options.language',
      'language.noFormats',
    ],
    ['a header twice', 'Policy,policy,First name,Premium\n1,2,3,4\n', {}, 'rows.header[1]', 'csv.duplicateHeader'],
    [
      'letters of Excel that nobody has named (adapt_framework#1097)',
      Buffer.from('Policy,First name,Premium\nP-1,Ana,1\nP-2,M\xfcller,1\n', 'latin1'),
      {},
      'rows.line[3]',
      'csv.encoding',
    ],
    [
      'amounts that may be two numbers',
      'Policy;First name;Premium\nP-1;Ana;79,91\n',
      {},
      'rows.line[2]',
      'csv.decimal',
    ],
    [
      'money that may be a thousand times as much',
      'Policy;First name;Premium\nP-1;Ana;1.234\n',
      {},
      'rows.line[2]',
      'csv.decimal',
    ],
    ['a missing column', 'Policy,First name\n1,2\n', {}, 'options.template.columns.premium', 'columns.missing'],
    [
      'a column for keys that is missing',
      rowsCsv(1),
      { columns: { key: 'id' } },
      'options.columns.key',
      'columns.missing',
    ],
    ['NUL in the header', 'Pol\0icy,First name,Premium\n1,2,3\n', {}, 'rows', 'csv.controlCharacter'],
    ['an unclosed quote in the header', 'Policy,"First name,Premium\n1,2,3\n', {}, 'rows', 'csv.unclosedQuote'],
    ['a header of 20 MB', Buffer.alloc(20 * megabyte, 'x'), {}, 'rows.line[1]', 'csv.rowTooLong'],
    ['a workbook', Buffer.from('504b030414000600080000002100', 'hex'), {}, 'rows', 'csv.controlCharacter'],
    [
      'an unknown variable',
      rowsCsv(1),
      { template: { ...letter, body: '{{ slots.intro }}{{ row.surname }}' } },
      'options.template.body[1:21]',
      'template.unknownVariable',
    ],
    [
      'a template that does not parse',
      rowsCsv(1),
      { template: { ...letter, body: '{% if %}' } },
      'options.template.body[1:',
      'template.syntax',
    ],
    [
      'an endless loop',
      rowsCsv(1),
      { template: { ...letter, body: '{% for i in (1..999999999) %}x{% endfor %}' } },
      'options.template.body[1:1]',
      'template.tooExpensive',
    ],
    ['a template nobody stored', rowsCsv(1), { template: 'renewal@3' }, 'options.template', 'template.notFound'],
    ['an unknown option', rowsCsv(1), { more: 1 }, 'options.more', 'field.unknown'],
    ['an unknown field of the brand', rowsCsv(1), { brand: { name: 'A', x: 1 } }, 'options.brand.x', 'field.unknown'],
    ['no budget', rowsCsv(1), { budgetMicros: 0 }, 'options.budgetMicros', 'field.too_small'],
    ['a NUL in the brief', rowsCsv(1), { brief: 'a\0b' }, 'options.brief', 'text.unusable'],
  ])('refuses %s and keeps nothing', async (_, csv, changes, path, code) => {
    const before = await uploads();
    const answer = await create(csv, changes);
    expect([answer.status, answer.json['code']]).toEqual([422, 'batch.invalid']);
    expect(answer.json['errors']).toContainEqual(
      expect.objectContaining({ path: expect.stringContaining(path), code }),
    );
    expect(await uploads()).toEqual(before);
  });

  const { brand: _, ...unbranded } = goodOptions;
  it.each<[string, Part[], number, string, string]>([
    ['no rows', [options(goodOptions)], 422, 'rows', 'field.missing'],
    ['no options', [rows(rowsCsv(1))], 422, 'options', 'field.missing'],
    ['nothing', [], 422, 'rows', 'field.missing'],
    ['another part', [{ name: 'more', value: 'x' }], 422, 'more', 'field.unknown'],
    ['rows as a field', [options(goodOptions), { name: 'rows', value: rowsCsv(1) }], 422, 'rows', 'field.invalid_type'],
    ['rows twice', [rows(rowsCsv(1)), rows(rowsCsv(1)), options(goodOptions)], 422, 'rows', 'field.repeated'],
    ['options twice', [options(goodOptions), options({}), rows(rowsCsv(1))], 422, 'options', 'field.repeated'],
    ['options that are no JSON', [rows(rowsCsv(1)), { name: 'options', value: '{' }], 422, 'options', 'json.malformed'],
    ['options that are a list', [rows(rowsCsv(1)), options([])], 422, 'options', 'field.invalid_type'],
    [
      'a brand both as part and in the options',
      [rows(rowsCsv(1)), options(goodOptions), { name: 'brand', value: '{"name":"A"}' }],
      422,
      'brand',
      'field.repeated',
    ],
    [
      'a wrong part under its own name',
      [rows(rowsCsv(1)), options(unbranded), { name: 'brand', value: '{"name":"A","colour":"red"}' }],
      422,
      'brand.colour',
      'field.invalid_format',
    ],
    [
      'a file of rows of 65 MB',
      [options(goodOptions), rows(Buffer.alloc(65 * megabyte, 'x'))],
      413,
      'rows',
      'request.tooLarge',
    ],
    [
      'options of 2 MB in a file',
      [rows(rowsCsv(1)), { name: 'options', value: Buffer.alloc(2 * megabyte, ' '), fileName: 'options.json' }],
      413,
      'options',
      'request.tooLarge',
    ],
    [
      'options of 2 MB in a field',
      [rows(rowsCsv(1)), { name: 'options', value: Buffer.alloc(2 * megabyte, ' ') }],
      413,
      'options',
      'request.tooLarge',
    ],
  ])('refuses %s and keeps nothing', async (_, parts, status, path, code) => {
    const before = await uploads();
    const answer = await post(parts);
    expect(answer.status).toBe(status);
    const [first] = answer.json['errors'] as { path: string; code: string }[];
    expect([first?.path ?? '', first?.code ?? answer.json['code']]).toEqual([path, code]);
    expect(await uploads()).toEqual(before);
  });

  it.each<[string, Record<string, string>, Buffer, number]>([
    ['JSON', { 'content-type': 'application/json' }, Buffer.from(JSON.stringify(goodOptions)), 415],
    ['a form without a boundary', { 'content-type': 'multipart/form-data' }, form(batchParts(rowsCsv(1))), 400],
    ['a form that is none', { 'content-type': formType }, Buffer.from('Policy,First name\n1,2\n'), 400],
    ['a form cut off in its rows', { 'content-type': formType }, form(batchParts(rowsCsv(900))).subarray(0, -400), 400],
    ['a part named __proto__', { 'content-type': formType }, form([{ name: '__proto__', value: 'x' }]), 400],
  ])('refuses %s and keeps nothing', async (_, headers, raw, status) => {
    const before = await uploads();
    const answer = await api.call({ method: 'POST', url: '/v1/batches', key, raw, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(await uploads()).toEqual(before);
  });

  /** Sends the beginning of an upload over a socket and leaves it open. */
  function begin(parts: Part[], bytes: number): ClientRequest {
    const body = form(parts);
    const headers = { authorization: `Bearer ${key}`, 'content-type': formType, 'content-length': body.length };
    const request = httpRequest(url, { method: 'POST', headers });
    request.on('error', () => undefined);
    request.write(body.subarray(0, bytes));
    return request;
  }

  it('keeps nothing of an upload that the caller breaks off', async () => {
    const before = await uploads();
    const request = begin(batchParts(Buffer.alloc(8 * megabyte, 'x')), 4 * megabyte);
    await eventually('the upload arrives', async () => (await uploads()).length === before.length + 1);
    request.destroy();
    await eventually('nothing is left', async () => (await uploads()).length === before.length);
    expect(await uploads()).toEqual(before);
  });

  it('refuses while the caller still sends', async () => {
    const request = begin([{ name: 'more', value: 'x' }, ...batchParts(Buffer.alloc(8 * megabyte, 'x'))], megabyte);
    const status = await new Promise((resolve) => request.once('response', (response) => resolve(response.statusCode)));
    request.destroy();
    expect(status).toBe(422);
  });

  it('asks to come again later where the rows cannot be stored', async () => {
    const workspaceId = await database.addWorkspace();
    // A file in place of the workspace's folder: nothing can be written below it.
    await mkdir(join(home, 'objects'), { recursive: true });
    await writeFile(join(home, 'objects', workspaceId), '');
    const other = await api.key(['batches:write'], workspaceId);
    const answer = await postBatch(api, other, batchParts(rowsCsv(1)));
    expect([answer.status, answer.json['code']]).toEqual([503, 'storage.unavailable']);
    expect(answer.headers['retry-after']).toBe('10');
  });

  it('starts nothing without the right', async () => {
    const reader = await api.key(['batches:read']);
    const before = await uploads();
    expect((await postBatch(api, reader, batchParts(rowsCsv(1)))).status).toBe(403);
    expect(
      (await api.call({ method: 'POST', url: '/v1/batches', raw: '', headers: { 'content-type': formType } })).status,
    ).toBe(401);
    expect(await uploads()).toEqual(before);
  });
});
