import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { decideOverApi } from '../../test/support/gates.ts';
import type { Answer, Caller } from '../../test/support/caller.ts';
import { letter, rowsCsv } from '../../test/support/batches.ts';
import type { TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { batchParts, postBatch } from '../../test/support/multipart.ts';
import { useInstallation } from '../../test/support/use-installation.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

describe('/v1/batches', () => {
  let database: TestDatabase;
  let api: Caller;
  let key: string;
  const installation = useInstallation(async (opened) => {
    ({ database, api } = opened);
    key = await api.key(['batches:read', 'batches:write', 'gates:read', 'gates:decide', 'role:approver']);
  });

  const create = (csv: string | Buffer, changes: object = {}): Promise<Answer> =>
    postBatch(api, key, batchParts(csv, changes));
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
  /** Approves the estimate of a batch that was just created. */
  const approve = ({ json }: Answer): Promise<void> =>
    decideOverApi(api, key, String(json['runId']), 'approve-estimate', 'approve');
  const untilEnd = (id: string): Promise<Record<string, unknown>> =>
    untilBatch(id, 'the end', (batch) => batch['endedAt'] !== null);

  it('takes a file to its archive, with what went wrong listed row by row', async () => {
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
    expect(document.json).toMatchObject({
      values: { policy: 'P-1000' },
      answers: { intro: expect.any(String) },
      usage: { inputTokens: expect.any(Number) },
      generatedAt: expect.any(String),
      renderedAt: expect.any(String),
    });

    const pdf = await get(`documents/${String(documents[0]?.['id'])}/content`);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.headers['content-disposition']).toContain('00001-P-1000.pdf');
    expect(pdf.text.startsWith('%PDF')).toBe(true);
    const html = await get(`documents/${String(documents[0]?.['id'])}/content?format=html`);
    expect(html.headers['content-security-policy']).toContain('sandbox');
    expect(html.text).toContain('Ana0');
    const shown = await get(`documents/${String(documents[0]?.['id'])}/content?format=html&disposition=inline`);
    expect(shown.headers['content-disposition']).toContain('inline');
    expect(shown.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';.*frame-ancestors 'self'$/);
    expect(shown.headers['x-frame-options']).toBe('SAMEORIGIN');
    const viewed = await get(`documents/${String(documents[0]?.['id'])}/content?format=pdf&disposition=inline`);
    expect(viewed.headers['content-type']).toBe('application/pdf');
    expect(viewed.headers['content-disposition']).toMatch(/^inline; filename="00001-P-1000\.pdf"$/);
    expect(viewed.headers['content-security-policy']).toBe(
      "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    );
    expect(viewed.headers).toMatchObject({ 'x-frame-options': 'SAMEORIGIN', 'x-content-type-options': 'nosniff' });
    expect(document.json).toMatchObject({
      batchName: ended['name'],
      isInReview: false,
      words: expect.any(Number),
    });

    expect((ended['stages'] as { stage: string }[]).map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['import', 'estimate', 'approve-estimate', 'generate', 'render', 'deliver']),
    );
    const minutes = ended['perMinute'] as { documents: number }[];
    expect(minutes).toHaveLength(30);
    expect(minutes.reduce((sum, minute) => sum + minute.documents, 0)).toBe(11);
    const { rows: used } = await sql<object>`select sum((usage ->> 'inputTokens')::int)::int as input,
      sum((usage ->> 'outputTokens')::int)::int as output from document where batch_id = ${id}`.execute(
      kysely(database.system),
    );
    expect(used).toEqual([ended['tokens']]);
    expect(Number((ended['tokens'] as { input: number }).input)).toBeGreaterThan(0);
    const byKey = await get(`batches/${id}/documents?q=P-1000`);
    expect((byKey.json['items'] as { key: string }[]).map(({ key: name }) => name)).toEqual(['P-1000']);
    expect((await get(`batches/${id}/documents?show=failed`)).json['items']).toEqual([]);

    expect((await get(`batches/${id}/errors.csv`)).text).toMatch(
      /^line,key,code,message,Policy,First name,Premium\r?\n5,[^\n]*,P-1003,Ana3,much\r?\n/,
    );
    const manifest = JSON.parse((await get(`batches/${id}/manifest`)).text) as { documents: unknown[] };
    expect(manifest.documents).toHaveLength(11);
    expect((await get(`batches/${id}/archive`)).text.startsWith('PK')).toBe(true);
    expect((await get('batches?state=ended')).json['items']).toContainEqual(expect.objectContaining({ id }));
    expect((await tell(id, 'cancel', { reason: 'too late' })).json['code']).toBe('batch.ended');
  });

  it('goes on once the last flagged document is decided, each as it was decided, clean ones too (A1)', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    for (const match of [one, other])
      await installation.doubles.addFault({ service: 'llm', fault: 'inventedNumber', match });
    const { json } = await create(rowsCsv(6).replace('P-1001', one).replace('P-1003', other));
    const id = String(json['id']);
    await decideOverApi(api, key, String(json['runId']), 'approve-estimate', 'approve');
    await untilBatch(id, 'the review', (batch) => batch['stage'] === 'review');
    const { json: page } = await get(`batches/${id}/documents?show=undecided`);
    const flagged = page['items'] as { id: string; key: string; contentHash: string }[];
    expect(flagged.map((document) => document.key)).toEqual([one, other]);
    const { json: waiting } = await get(`batches/${id}`);
    expect(waiting).toMatchObject({ gateId: expect.any(String), progress: { undecided: 2, flagged: 2 } });
    expect(waiting['defects']).toContainEqual(expect.objectContaining({ check: 'facts', count: 2, flagged: 2 }));
    const { json: listed } = await get('batches');
    expect(listed['items']).toContainEqual(
      expect.objectContaining({ id, gateId: waiting['gateId'], progress: waiting['progress'] }),
    );
    expect((await get(`documents/${String(flagged[0]?.id)}`)).json).toMatchObject({
      isInReview: true,
      neighbours: { previousId: null, nextId: flagged[1]?.id },
    });
    const { json: everything } = await get(`batches/${id}/documents`);
    const clean = (everything['items'] as typeof flagged).filter(({ key: of }) => of !== one && of !== other);
    const decide = (at: number, decision: string, hash?: string, of = flagged): Promise<Answer> =>
      api.call({
        method: 'POST',
        url: `/v1/documents/${of[at]?.id ?? ''}/decisions`,
        key,
        body: { decision, expectedHash: hash ?? of[at]?.contentHash },
      });
    expect((await decide(0, 'reject', undefined, clean)).status).toBe(200);
    expect((await decide(0, 'approve', 'another')).status).toBe(412);
    const answers = await Promise.all([decide(0, 'approve'), decide(1, 'reject')]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const ended = await untilBatch(id, 'the end', (batch) => batch['endedAt'] !== null);
    expect(ended['progress']).toMatchObject({ rendered: 4, withheld: 2, undecided: 0 });
    expect((await decide(0, 'reject')).json['code']).toBe('batch.notInReview');
    const missing = (await get(`batches/${id}/errors.csv`)).text;
    for (const { key: left } of [...flagged.slice(1), ...clean.slice(0, 1)])
      expect(missing).toContain(`${left},document.withheld,Taken out by`);
  });

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
  });

  it('holds when a person pauses it and goes on when one resumes it', async () => {
    const answer = await create(rowsCsv(3));
    const id = String(answer.json['id']);
    expect((await tell(id, 'pause', { reason: 'lunch' })).status).toBe(202);
    await untilBatch(id, 'the pause', (batch) => batch['paused'] === 'person' && batch['status'] === 'paused');
    expect((await tell(id, 'pause', {})).status).toBe(422);
    expect((await tell(id, 'resume', { reason: 'back' })).status).toBe(202);
    await approve(answer);
    expect(await untilEnd(id)).toMatchObject({ outcome: 'completed', paused: null, secondsLeft: null });
  });

  it('shows every document as undecided where all are reviewed', async () => {
    const answer = await create(rowsCsv(3), { review: 'all' });
    const id = String(answer.json['id']);
    await approve(answer);
    const batch = await untilBatch(id, 'the review', ({ stage }) => stage === 'review');
    expect(batch['progress']).toMatchObject({ undecided: 3, flagged: 0 });
    expect((await get(`batches/${id}/documents?show=undecided`)).json['items']).toHaveLength(3);
    expect((await get(`batches/${id}/documents?show=flagged`)).json['items']).toHaveLength(0);
    expect((await get(`batches/${id}/archive`)).json['code']).toBe('batch.notDelivered');
    const { json } = await get(`batches/${id}/documents?limit=1`);
    const [document] = json['items'] as { id: string; contentHash: string }[];
    expect((await tell(id, 'cancel', { reason: 'enough' })).status).toBe(202);
    await untilEnd(id);
    const late = await api.call({
      method: 'POST',
      url: `/v1/documents/${document?.id ?? ''}/decisions`,
      key,
      body: { decision: 'approve', expectedHash: document?.contentHash },
    });
    expect(late.json['code']).toBe('batch.notInReview');
  });

  it('delivers the words that a reviewer has changed, and those that the model wrote again for a note', async () => {
    const answer = await create(rowsCsv(2), { review: 'all' });
    const id = String(answer.json['id']);
    await approve(answer);
    await untilBatch(id, 'the review', ({ stage }) => stage === 'review');
    type Listed = { id: string; contentHash: string; isBeingChanged: boolean; isFlagged: boolean };
    const list = async () => (await get(`batches/${id}/documents`)).json['items'] as Listed[];
    const post = (document: Listed | undefined, what: string, body: object) =>
      api.call({
        method: 'POST',
        url: `/v1/documents/${document?.id}/${what}`,
        key,
        body: { ...body, expectedHash: document?.contentHash },
      });
    const [first, second] = await list();
    const words = 'Thank you for a long year together with us.';
    expect((await post(first, 'drafts', { kind: 'edited', answers: { intro: words } })).status).toBe(202);
    expect((await post(second, 'drafts', { kind: 'regenerated', note: 'Warmer' })).status).toBe(202);
    const made = await eventually('both texts', async () => {
      const all = await list();
      return all.every(({ isBeingChanged }) => !isBeingChanged) && all;
    });
    expect(made.map(({ isFlagged }) => isFlagged)).toEqual([true, true]);
    expect((await get(`documents/${second?.id}/drafts`)).json['items']).toMatchObject([
      { kind: 'first', state: 'made' },
      { kind: 'regenerated', state: 'made', note: 'Warmer', costMicros: expect.any(Number) },
    ]);
    for (const document of made)
      expect((await post(document, 'decisions', { decision: 'approve' })).json).toMatchObject({ decision: 'approve' });
    expect(await untilEnd(id)).toMatchObject({ outcome: 'completed' });
    expect((await get(`documents/${first?.id}/content?format=html`)).text).toContain(words);
    expect((await get(`documents/${first?.id}/content`)).text.startsWith('%PDF')).toBe(true);
  });

  it('takes a file as spreadsheets write it, and lets bad rows cost themselves alone', async () => {
    const lines = [
      '\uFEFFPolicy;First name;Premium',
      'P-1;Ana;100.50',
      `P-2;${'x'.repeat(20 * 1024 * 1024)};1`,
      'P-3;B\0b;1',
      'P-4;"Cleo ""C"" Ode; junior";7.50',
      'P-5;"Dan;1',
      'P-6;Eve;8.50',
      'P-7;Fay',
      'P-8;Gus;1;2',
      'P-1;Ana again;1',
      '',
    ];
    const answer = await create(lines.join('\r\n'));
    const id = String(answer.json['id']);
    await untilBatch(id, 'the estimate', ({ stage }) => stage === 'approve-estimate');
    const errors = (await get(`batches/${id}/errors.csv`)).text.trim().split(/\r?\n/).slice(1);
    expect(errors.map((line) => line.split(',').slice(0, 3).join())).toEqual([
      '3,,csv.rowTooLong',
      '4,,csv.controlCharacter',
      '6,,csv.unclosedQuote',
      '8,,row.tooShort',
      '9,,row.tooLong',
      '10,,row.keyRepeated',
    ]);
    const { json } = await get(`batches/${id}/documents`);
    const documents = json['items'] as { id: string; key: string; line: number }[];
    expect(documents.map(({ key: name, line }) => [name, line])).toEqual([
      ['P-1', 2],
      ['P-4', 5],
      ['P-6', 7],
    ]);
    expect((await get(`documents/${documents[1]?.id ?? ''}`)).json).toMatchObject({
      values: { first_name: 'Cleo "C" Ode; junior' },
      answers: null,
      generatedAt: null,
      deaths: 0,
    });
    expect((await get(`documents/${documents[1]?.id ?? ''}/content`)).json['code']).toBe('document.notRendered');
  });

  it('leaves out the rows that the template skips, with its reason', async () => {
    const body = `{% if row.policy == "P-1001" %}{% skip "has left us" %}{% endif %}{{ slots.intro }}`;
    const answer = await create(rowsCsv(3), { template: { ...letter, body }, checks: ['schema'] });
    const id = String(answer.json['id']);
    await approve(answer);
    expect(await untilEnd(id)).toMatchObject({ progress: { generated: 2, skipped: 1, rendered: 2 } });
    expect((await get(`batches/${id}/errors.csv`)).text).toContain('\n3,P-1001,template.skipped,has left us');
  });

  it('makes the rows again that have no document, with another template, as a batch of its own (documents A8)', async () => {
    const loops = '{% for a in all %}{% for b in all %}x{% endfor %}{% endfor %}';
    const fails = `{% if row.policy == "P-1001" %}{% assign all = "${'x'.repeat(50_000)}" | split: "" %}${loops}{% endif %}{{ slots.intro }}`;
    const answer = await create(rowsCsv(3), { template: { ...letter, body: fails }, checks: ['schema'] });
    const id = String(answer.json['id']);
    const again = (of: string, body: object = {}): Promise<Answer> => tell(of, 'again', { reason: 'mended', ...body });
    expect((await again(id)).json['code']).toBe('batch.live');
    await approve(answer);
    expect(await untilEnd(id)).toMatchObject({ progress: { generateFailed: 1, rendered: 2 }, madeAgainBy: [] });
    expect((await get(`batches/${id}/errors.csv`)).text).toMatch(
      /\n3,P-1001,template.limit,[^\n]*,P-1001,Ana1,101.50\r?\n/,
    );

    const wrong = await again(id, { model: 'nobody-knows' });
    expect(wrong.json).toMatchObject({ code: 'batch.invalid', errors: [{ path: 'model', code: 'model.noPrice' }] });
    const made = await again(id, { template: letter, fallbackModels: [] });
    expect(made).toMatchObject({ status: 202, json: { name: 'Renewals (again)' } });
    expect((await again(id)).json).toMatchObject({ code: 'batch.underWay', batchId: made.json['id'] });
    const second = String(made.json['id']);
    await approve(made);
    expect(await untilEnd(second)).toMatchObject({ rows: 1, rowErrors: 0, progress: { rendered: 1 }, againOf: id });
    expect((await get(`batches/${second}/documents`)).json['items']).toMatchObject([{ key: 'P-1001', line: 3 }]);
    expect((await get(`batches/${id}`)).json['madeAgainBy']).toEqual([second]);
    for (const of of [second, id]) expect((await again(of)).json['code']).toBe('batch.nothingMissing');
  });

  it('ends a loop that only its data make endless, and says so for each document', async () => {
    const loops = '{% for a in all %}{% for b in all %}x{% endfor %}{% endfor %}';
    const body = `{% assign all = "${'x'.repeat(50_000)}" | split: "" %}${loops}{{ slots.intro }}`;
    const answer = await create(rowsCsv(2), { template: { ...letter, body } });
    const id = String(answer.json['id']);
    await approve(answer);
    expect(await untilEnd(id)).toMatchObject({ progress: { generateFailed: 2, rendered: 0 } });
    expect((await get(`batches/${id}/errors.csv`)).text.match(/,template\.limit,/g)).toHaveLength(2);
    const missing = await get(`batches/${id}/documents?show=missing`);
    expect(missing.json['items']).toMatchObject([{ error: { code: 'template.limit' } }, { key: 'P-1001' }]);
  });

  it('shows nothing to another workspace and lets it do nothing', async () => {
    const { json } = await create(rowsCsv(1));
    const id = String(json['id']);
    await untilBatch(id, 'a document', ({ rows }) => rows === 1);
    const { json: page } = await get(`batches/${id}/documents`);
    const document = String((page['items'] as { id: string }[])[0]?.id);
    const foreign = await api.key(
      ['batches:read', 'batches:write', 'gates:decide', 'role:approver'],
      await database.addWorkspace(),
    );
    const reads = ['', '/documents', '/archive', '/manifest', '/errors.csv'].map((path) => `batches/${id}${path}`);
    const parts = ['', '/letter', '/content'].map((path) => `documents/${document}${path}`);
    for (const path of [...reads, ...parts]) {
      expect([path, (await api.call({ url: `/v1/${path}`, key: foreign })).status]).toEqual([path, 404]);
    }
    const decision = { decision: 'approve', expectedHash: 'x' };
    for (const [path, body] of [
      ...['pause', 'resume', 'cancel'].map((what) => [`batches/${id}/${what}`, { reason: 'mine' }] as const),
      [`documents/${document}/decisions`, decision] as const,
    ]) {
      const answer = await api.call({ method: 'POST', url: `/v1/${path}`, key: foreign, body });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await api.call({ url: '/v1/batches', key: foreign })).json['items']).toEqual([]);
    const reader = await api.key(['batches:read']);
    for (const what of ['pause', 'resume', 'cancel'])
      expect(
        (await api.call({ method: 'POST', url: `/v1/batches/${id}/${what}`, key: reader, body: { reason: 'x' } }))
          .status,
      ).toBe(403);
  });
});
