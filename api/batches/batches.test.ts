import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideOverApi } from '../../test/support/gates.ts';
import { createTestApi, type Answer, type TestApi } from '../../test/support/api.ts';
import { letter, rowsCsv } from '../../test/support/batches.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/engine.ts';
import { startTestWorker, type TestWorker } from '../../test/support/worker.ts';

const goodOptions = {
  name: 'Renewals',
  brief: 'Tell customers that their policy is renewed.',
  template: letter,
  brand: { name: 'Acme' },
  columns: { key: 'policy' },
  model: 'stub-small',
  budgetMicros: 50_000_000,
};

describe('/v1/batches', () => {
  let database: TestDatabase;
  let worker: TestWorker;
  let api: TestApi;
  let key: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    worker = await startTestWorker(database);
    api = await createTestApi(database, { THROUGHLINE_HOME: worker.config.THROUGHLINE_HOME });
    key = await api.key(['batches:read', 'batches:write', 'gates:read', 'gates:decide', 'role:approver']);
  });
  afterAll(async () => {
    await api?.stop();
    await worker?.stop();
    await database?.stop();
  });

  type Part = { name: string; value: string | Buffer; isFile?: boolean };
  const boundary = 'a-boundary-of-the-test';

  function form(parts: Part[]): Buffer {
    const chunks = parts.map(({ name, value, isFile }) =>
      Buffer.concat([
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${isFile ? '; filename="rows.csv"\r\nContent-Type: text/csv' : ''}\r\n\r\n`,
        ),
        Buffer.from(value),
        Buffer.from('\r\n'),
      ]),
    );
    return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  }

  function post(parts: Part[], headers: Record<string, string> = {}): Promise<Answer> {
    return api.call({
      method: 'POST',
      url: '/v1/batches',
      key,
      raw: form(parts),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers },
    });
  }

  const create = (csv: string | Buffer, changes: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    post(
      [
        { name: 'options', value: JSON.stringify({ ...goodOptions, ...changes }) },
        { name: 'rows', value: csv, isFile: true },
      ],
      headers,
    );
  const get = (path: string): Promise<Answer> => api.call({ url: `/v1/${path}`, key });
  const tell = (id: string, what: string, body: object): Promise<Answer> =>
    api.call({ method: 'POST', url: `/v1/batches/${id}/${what}`, key, body });
  const untilBatch = (id: string, what: string, test: (batch: Record<string, unknown>) => boolean) =>
    eventually(
      what,
      async () => {
        const { json } = await get(`batches/${id}`);
        return test(json) && json;
      },
      60_000,
    );
  /** Files that uploads have left in the store. */
  const uploads = async (): Promise<string[]> =>
    readdir(join(worker.config.THROUGHLINE_HOME, 'objects', database.workspaceId, 'uploads')).catch(() => []);

  it('takes a file to its archive, with what went wrong told row by row', async () => {
    const answer = await create(rowsCsv(12).replace('Ana3,103.50', 'Ana3,much'), { repairs: 0 });
    expect(answer.status).toBe(202);
    const id = String(answer.json['id']);
    await decideOverApi(api, key, String(answer.json['runId']), 'approve-estimate', 'approve');
    await untilBatch(id, 'the end', (batch) => batch['endedAt'] !== null || batch['stage'] === 'review');
    if ((await get(`batches/${id}`)).json['stage'] === 'review')
      await decideOverApi(api, key, String(answer.json['runId']), 'review', 'approve');
    const ended = await untilBatch(id, 'the end', (batch) => batch['endedAt'] !== null);
    expect(ended).toMatchObject({ outcome: 'completedWithErrors', rows: 11, rowErrors: 1, hasArchive: true });
    expect(ended['progress']).toMatchObject({ generated: 11, rendered: 11 });

    const first = await get(`batches/${id}/documents?limit=5`);
    const second = await get(`batches/${id}/documents?limit=200&cursor=${String(first.json['nextCursor'])}`);
    const documents = [first, second].flatMap((page) => page.json['items'] as Record<string, unknown>[]);
    expect(documents.map((document) => document['ordinal'])).toEqual(Array.from({ length: 11 }, (_, at) => at + 1));
    const document = await get(`documents/${String(documents[0]?.['id'])}`);
    expect(document.json).toMatchObject({ values: { policy: 'P-1000' }, answers: { intro: expect.any(String) } });

    const pdf = await get(`documents/${String(documents[0]?.['id'])}/content`);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.headers['content-disposition']).toContain('00001-P-1000.pdf');
    expect(pdf.text.startsWith('%PDF')).toBe(true);
    const html = await get(`documents/${String(documents[0]?.['id'])}/content?format=html`);
    expect(html.headers['content-security-policy']).toContain('sandbox');
    expect(html.text).toContain('Ana0');

    expect((await get(`batches/${id}/errors.csv`)).text).toMatch(/^line,key,code,message\r?\n5,/);
    const manifest = JSON.parse((await get(`batches/${id}/manifest`)).text) as { documents: unknown[] };
    expect(manifest.documents).toHaveLength(11);
    expect((await get(`batches/${id}/archive`)).text.startsWith('PK')).toBe(true);
    expect((await get('batches?state=ended')).json['items']).toContainEqual(expect.objectContaining({ id }));
    expect((await tell(id, 'cancel', { reason: 'too late' })).json['code']).toBe('batch.ended');
  }, 120_000);

  it('goes on once the last flagged document is decided, each as it was decided', async () => {
    await worker.doubles.control.addFault({ service: 'llm', fault: 'inventedNumber', match: 'P-1001' });
    await worker.doubles.control.addFault({ service: 'llm', fault: 'inventedNumber', match: 'P-1003' });
    const { json } = await create(rowsCsv(6));
    const id = String(json['id']);
    await decideOverApi(api, key, String(json['runId']), 'approve-estimate', 'approve');
    await untilBatch(id, 'the review', (batch) => batch['stage'] === 'review');
    await worker.doubles.control.clearFaults('llm');
    const { json: page } = await get(`batches/${id}/documents?show=undecided`);
    const flagged = page['items'] as { id: string; key: string; contentHash: string }[];
    expect(flagged.map((document) => document.key)).toEqual(['P-1001', 'P-1003']);
    const decide = (at: number, decision: string, hash?: string): Promise<Answer> =>
      api.call({
        method: 'POST',
        url: `/v1/documents/${flagged[at]?.id ?? ''}/decisions`,
        key,
        body: { decision, expectedHash: hash ?? flagged[at]?.contentHash },
      });
    expect((await decide(0, 'approve', 'another')).status).toBe(412);
    const answers = await Promise.all([decide(0, 'approve'), decide(1, 'reject')]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const ended = await untilBatch(id, 'the end', (batch) => batch['endedAt'] !== null);
    expect(ended['progress']).toMatchObject({ rendered: 5, withheld: 1, undecided: 0 });
    expect((await decide(0, 'reject')).json['code']).toBe('batch.notInReview');
    expect((await get(`batches/${id}/errors.csv`)).text).toContain('P-1003,document.withheld');
  }, 120_000);

  it('stops at its budget, goes on with a new one, and ends when it is cancelled', async () => {
    const { json } = await create(rowsCsv(20), { budgetMicros: 1 });
    const id = String(json['id']);
    await decideOverApi(api, key, String(json['runId']), 'approve-estimate', 'approve');
    await untilBatch(id, 'the budget stop', (batch) => batch['paused'] === 'budget');
    await tell(id, 'resume', { reason: 'approved by finance', budgetMicros: 50_000_000 });
    await untilBatch(id, 'generated', (batch) => Number((batch['progress'] as { generated: number }).generated) === 20);
    const other = await create(rowsCsv(3));
    const cancelled = await tell(String(other.json['id']), 'cancel', { reason: 'wrong file' });
    expect(cancelled.status).toBe(202);
    const ended = await untilBatch(String(other.json['id']), 'the end', (batch) => batch['endedAt'] !== null);
    expect(ended).toMatchObject({ outcome: 'cancelled', reason: 'wrong file' });
  }, 120_000);

  it('starts one batch for one key, however often it is sent', async () => {
    const headers = { 'idempotency-key': 'batch-once' };
    const answers = await Promise.all([create(rowsCsv(2), {}, headers), create(rowsCsv(2), {}, headers)]);
    expect(answers.map((answer) => answer.status)).toEqual([202, 202]);
    expect(answers[0]?.json['id']).toBe(answers[1]?.json['id']);
    expect((await create(rowsCsv(3), {}, headers)).json['code']).toBe('idempotency.mismatch');
  });

  it.each<[string, string | Buffer, object, string, string]>([
    ['an empty file', '', {}, 'rows', 'csv.empty'],
    ['a header twice', 'Policy,policy,First name,Premium\n1,2,3,4\n', {}, 'rows.header[1]', 'csv.duplicateHeader'],
    ['an empty header', 'Policy,,First name,Premium\n1,2,3,4\n', {}, 'rows.header[1]', 'csv.emptyHeader'],
    ['a missing column', 'Policy,First name\n1,2\n', {}, 'options.template.columns.premium', 'columns.missing'],
    ['NUL in the header', 'Pol\0icy,First name,Premium\n1,2,3\n', {}, 'rows', 'csv.controlCharacter'],
    ['an unclosed quote in the header', 'Policy,"First name,Premium\n1,2,3\n', {}, 'rows', 'csv.unclosedQuote'],
    [
      'an unknown variable',
      rowsCsv(1),
      { template: { ...letter, body: '{{ row.surname }}' } },
      'options.template',
      'template.unknownVariable',
    ],
    [
      'an endless loop',
      rowsCsv(1),
      { template: { ...letter, body: '{% for i in (1..999999999) %}x{% endfor %}' } },
      'options.template',
      'template.tooExpensive',
    ],
    ['a template nobody stored', rowsCsv(1), { template: 'renewal@3' }, 'options.template', 'template.notFound'],
    ['an unknown option', rowsCsv(1), { more: 1 }, 'options.more', 'field.unknown'],
    ['no budget', rowsCsv(1), { budgetMicros: 0 }, 'options.budgetMicros', 'field.too_small'],
  ])('refuses %s and keeps nothing', async (_, csv, changes, path, code) => {
    const before = await uploads();
    const answer = await create(csv, changes);
    expect(answer.status).toBe(422);
    expect(answer.json['code']).toBe('batch.invalid');
    expect(answer.json['errors']).toContainEqual(
      expect.objectContaining({ path: expect.stringContaining(path), code }),
    );
    expect(await uploads()).toEqual(before);
  });

  it.each<[string, Part[], number, string]>([
    ['no rows', [{ name: 'options', value: JSON.stringify(goodOptions) }], 422, 'batch.invalid'],
    ['no options', [{ name: 'rows', value: rowsCsv(1), isFile: true }], 422, 'batch.invalid'],
    ['another part', [{ name: 'more', value: 'x' }], 422, 'batch.invalid'],
    ['options that are no JSON', [{ name: 'options', value: '{' }], 422, 'batch.invalid'],
    [
      'a file of 65 MB',
      [
        { name: 'options', value: JSON.stringify(goodOptions) },
        { name: 'rows', value: Buffer.alloc(65 * 1024 * 1024, 'x'), isFile: true },
      ],
      413,
      'request.tooLarge',
    ],
  ])('refuses %s and keeps nothing', async (_, parts, status, code) => {
    const before = await uploads();
    const answer = await post(parts);
    expect([answer.status, answer.json['code']]).toEqual([status, code]);
    expect(await uploads()).toEqual(before);
  });

  it('takes JSON for an upload as the wrong media type', async () => {
    const answer = await api.call({ method: 'POST', url: '/v1/batches', key, body: goodOptions });
    expect(answer.status).toBe(415);
  });

  it('shows nothing to another workspace, and starts nothing without the right', async () => {
    const { json } = await create(rowsCsv(1));
    const foreign = await api.key(['batches:read', 'batches:write'], await database.addWorkspace());
    for (const path of ['', '/documents', '/archive', '/manifest', '/errors.csv']) {
      const answer = await api.call({ url: `/v1/batches/${String(json['id'])}${path}`, key: foreign });
      expect(answer.status).toBe(404);
    }
    const reader = await api.key(['batches:read']);
    const refused = await api.call({
      method: 'POST',
      url: '/v1/batches',
      key: reader,
      raw: form([]),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    expect(refused.status).toBe(403);
  });
});
