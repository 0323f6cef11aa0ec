import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Brand, DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { letterOf } from '../../../domain/documents/letter.ts';
import { storeRows } from '../../../platform/db/documents/batches.ts';
import { listDocuments } from '../../../platform/db/views/documents-list.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { createRenderPool } from '../../../platform/render/render-pool.ts';
import { RenderFault } from '../../../platform/render/render-protocol.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { letter, makeBatch, objectsOf } from '../../../test/support/batches.ts';
import { hostileTemplates, jailOf } from '../../../test/support/hostile-templates.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { LetterRenderer } from './letter-renderer.ts';

/** A quoted table within 98 quotes, without an end: seconds of work for the reader of Markdown, milliseconds for Liquid. */
const endless = '{% for i in (1..98) %}>{% endfor %}{% for i in (1..140000) %}|\n{% endfor %}';
const values = { policy: 'P-1', first_name: 'Ana', premium: '10' };
/** A letter that needs no database. */
const ready = letterOf(
  {
    name: 'March',
    options: { brand: Brand.parse({ name: 'Acme' }), language: 'en' },
    template: letter,
    created_at: new Date(),
  },
  { key: 'P-1', values, answers: { intro: 'x' } },
);
const main = (html: string): string => /<main>([\s\S]*)<\/main>/.exec(html)?.[1] ?? '';

describe('/v1/documents/{id}/letter', () => {
  const home = mkdtempSync(join(tmpdir(), 'tl-letters-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const { database, api } = useTestApi({ THROUGHLINE_HOME: home });
  let key: string;

  beforeAll(async () => {
    key = await api.key(['batches:read']);
  });

  /** A document as its generation leaves it, of a batch with this template. */
  async function written(template: Partial<DocumentTemplate>, changes: object = {}): Promise<string> {
    const { workspaceId, app, system } = database;
    const whole = { ...letter, ...template };
    const { batchId } = await makeBatch(database, objectsOf(home), '', { template: whole });
    const batch = { workspace_id: workspaceId, id: batchId };
    const filter = { workspaceId, batchId, show: 'all', q: null, reviewAll: false, after: 0, limit: 1 } as const;
    const [document] = await inWorkspace(app, workspaceId, async (tx) => {
      await storeRows(tx, batch, [{ ordinal: 1, line: 2, key: 'P-1', email: null, values }]);
      return listDocuments(tx, filter);
    });
    const id = document?.id ?? '';
    const set = { generated: 'done', answers: JSON.stringify({ intro: 'Thank you for 12 years.' }), ...changes };
    await kysely(system).updateTable('document').set(set).where('id', '=', id).execute();
    return id;
  }
  const show = (id: string): Promise<Answer> => api.call({ url: `/v1/documents/${id}/letter`, key });

  it('is what will be rendered: clauses that the template leaves out are not there, those that it holds are', async () => {
    const body = `${letter.body}{% if row.premium == "11" %}{{ locked.dear }}{% endif %}\n\n{{ locked.terms }}`;
    const answer = await show(await written({ body, locked: { ...letter.locked, dear: 'It has become dearer.' } }));
    expect(answer.status).toBe(200);
    expect(main(answer.text)).toContain('<p>Dear Ana,</p>\n<p>Thank you for 12 years.</p>');
    expect(answer.text.match(/<p class="locked">The terms of the policy apply unchanged\.<\/p>/g)).toHaveLength(2);
    expect(answer.text).not.toContain('dearer');
    expect(answer.text).toContain('<title>Renewal letter P-1</title>');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'inline; filename="letter.html"',
      'cache-control': 'private, no-store',
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';.*frame-ancestors 'self'$/);
  });

  it('has what findings quote marked, and takes every value for text', async () => {
    const evidence = { where: 'slots.intro', start: 14, text: '12 years' };
    const finding = { check: 'facts', code: 'facts.number', severity: 'error', message: '', evidence, repairHint: '' };
    const values = { policy: 'P-1', first_name: '<script>alert(1)</script>**x**', premium: '12 yearsold' };
    const id = await written(
      {},
      { findings: JSON.stringify([finding, { ...finding, evidence: null }]), values: JSON.stringify(values) },
    );
    const { text } = await show(id);
    expect(main(text)).toContain('Thank you for <mark>12 years</mark>.');
    expect(main(text)).toContain('<p>Dear &lt;script&gt;alert(1)&lt;/script&gt;**x**,</p>');
    expect(text.match(/<mark>/g)).toHaveLength(1);
    expect(text).not.toContain('<script');
  });

  it('says why there is none', async () => {
    const codes = {
      'document.notWritten': await written({}, { answers: null, generated: 'failed' }),
      'letter.skipped': await written({ body: '{% skip "has left us" %}' }),
      'template.unknownVariable': await written({ body: '{{ row.nothing }}' }),
      'template.value': await written({ body: '{{ row.first_name | money: "EUR" }}' }),
    };
    for (const [code, id] of Object.entries(codes)) {
      const answer = await show(id);
      expect([answer.json['code'], answer.status]).toEqual([code, code === 'document.notWritten' ? 409 : 422]);
    }
    expect((await show(codes['letter.skipped'])).json['detail']).toBe('The template leaves this row out: has left us');
  });

  it('ends a template that works without an end, and answers others meanwhile and afterwards', async () => {
    const [hostile, good] = [await written({ body: endless }), await written({})];
    expect((await show(good)).status).toBe(200);
    let isDone = false;
    const slow = show(hostile).finally(() => (isDone = true));
    const [next, meanwhile] = [show(good), await api.call({ url: `/v1/documents/${good}`, key })];
    expect([meanwhile.status, isDone]).toEqual([200, false]);
    expect((await slow).json).toMatchObject({ status: 422, code: 'template.limit' });
    expect((await next).status).toBe(200);
  });

  it.each(hostileTemplates)('refuses a template that %s as the rendering of documents does', async (_, body, code) => {
    const answer = await show(await written({ body }));
    expect([answer.status, answer.json['code']]).toEqual([422, code]);
  });

  it.runIf(process.platform === 'linux')(
    'is made where documents are made: by a process with the same limits and without secrets',
    async () => {
      expect((await show(await written({}))).status).toBe(200);
      const documents = createRenderPool({ size: 1 });
      await documents.render({ ...ready, formats: [] });
      const [letters, others] = [api.app.get(LetterRenderer)['pool'], documents].map((pool) =>
        pool.stats().processes.map(jailOf),
      );
      await documents.close();
      expect(letters).toHaveLength(1);
      expect(letters).toEqual(others);
    },
  );

  it('says of a process that died over a template what it says of one that was killed', async () => {
    const died = new RenderFault('render.crashed', 'The process that made the document died twice');
    vi.spyOn(api.app.get(LetterRenderer)['pool'], 'render').mockRejectedValueOnce(died);
    const answer = await show(await written({}));
    const detail = 'The letter takes longer than 2 s, or more memory than a letter needs';
    expect(answer.json).toMatchObject({ status: 422, code: 'template.limit', detail });
  });

  it('lets nobody wait behind too many', async () => {
    const renderer = api.app.get(LetterRenderer);
    const job = { letter: ready, quotes: [] };
    const jobs = Array.from({ length: 16 }, () => renderer.render(job));
    const refusal = { status: 503, code: 'letter.busy', options: { retryAfterSeconds: 2 } };
    await expect(renderer.render(job)).rejects.toMatchObject(refusal);
    expect((await Promise.all(jobs)).map(({ kind }) => kind)).toEqual(jobs.map(() => 'document'));
    expect((await show(await written({}))).status).toBe(200);
  });
});
