import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErasureDeps, eraseInBatches } from '../../activities/documents/erase-person.ts';
import { storeRowErrors, storeRows } from '../../platform/db/documents/batches.ts';
import { claimDocuments, writeCheckpoints } from '../../platform/db/documents/documents.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { createFileStore, type ObjectStore } from '../../platform/objects/file-store.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { TEST_KEY } from '../../test/support/database.ts';
import { documentsOf, letter, makeBatch, openReviewGate } from '../../test/support/batches.ts';
import { sentMail } from '../../test/support/sent-mail.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

const csv = `Policy,Mail,First name,Premium
P-1,secret@example.test,Secret,100.50
P-2,bo@example.test,Bo,101.50
P-3,Secret@Example.test,Secret,much
P-4,cy@example.test,Cy,102.50
`;

describe('an erasure and the batches that know the person (security 17g)', () => {
  const home = mkdtempSync(join(tmpdir(), 'tl-erase-'));
  const folder = join(home, 'objects');
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const { database, api } = useTestApi({ THROUGHLINE_HOME: home });
  let objects: ObjectStore;
  let key: string;
  beforeAll(async () => {
    objects = createFileStore(folder);
    key = await api.key(['contacts:write', 'contacts:erase', 'batches:read']);
  });

  type State = { generated?: string; rendered?: string; stage?: string; isOver?: boolean };

  /** A batch of three rows and a refused one, two of them the person's, as far as `state` says. */
  async function addBatch({ generated = 'done', rendered = 'done', stage = 'deliver', isOver = true }: State = {}) {
    const { workspaceId } = database;
    const columns = { key: 'policy', email: 'mail' };
    const made = await makeBatch(database, objects, csv, { columns, formats: ['html'], review: 'all' } as object);
    const batch = { workspace_id: workspaceId, id: made.batchId };
    const people = [
      ['P-1', 'secret@example.test', 'Secret', 2],
      ['P-2', 'bo@example.test', 'Bo', 3],
      ['P-4', 'cy@example.test', 'Cy', 5],
    ] as const;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      const rows = people.map(([policy, email, name, line], at) => {
        const values = { policy, first_name: name, premium: '100.50' };
        return { ordinal: at + 1, line, key: policy, email, values };
      });
      await storeRows(tx, batch, rows);
      const message = '“Premium” is secret, no plain number such as 1234.50';
      await storeRowErrors(tx, batch, [{ line: 4, code: 'row.notANumber', message }]);
    });
    for (const [at, [policy, , name]] of people.entries()) {
      const file = `0000${at + 1}-${policy}.html`;
      const files = {
        html: { key: `${workspaceId}/batches/${made.batchId}/${file}`, name: file, sizeBytes: 12, sha256: 'x' },
      };
      if (rendered === 'done') await objects.put(files.html.key, `Dear ${name}`.padEnd(12));
      await sql`update document set generated = ${generated}, rendered = ${rendered}, generated_at = case when ${generated} = 'done' then now() end,
          answers = ${JSON.stringify({ intro: `Dear ${name}` })}::jsonb, content_hash = 'h', files = ${rendered === 'done' ? JSON.stringify(files) : null}::jsonb
        where batch_id = ${made.batchId} and ordinal = ${at + 1}`.execute(kysely(database.system));
    }
    const archive = `${workspaceId}/batches/${made.batchId}/archive.zip`;
    if (isOver) await objects.put(archive, 'Secret');
    await sql`update batch set stage = ${stage}, rows = 3, archive_key = ${isOver ? archive : null},
      ended_at = case when ${isOver} then now() end where id = ${made.batchId}`.execute(kysely(database.system));
    return { ...made, batch };
  }

  async function erase(contact: { id?: string; email?: string } = {}): Promise<string> {
    const { id = newId(), email = 'secret@example.test' } = contact;
    const body = { email };
    expect((await api.call({ method: 'PUT', url: `/v1/contacts/${id}`, key, body })).status).toBe(200);
    expect((await api.call({ method: 'DELETE', url: `/v1/contacts/${id}`, key })).status).toBe(204);
    const { id: erasureId } = await newest();
    return String(erasureId);
  }
  async function newest(): Promise<Record<string, unknown>> {
    const { json } = await api.call({ url: '/v1/erasures', key });
    return (json['items'] as Record<string, unknown>[])[0] ?? {};
  }
  const faults: unknown[] = [];
  const log = { warn: ({ err }: { err: unknown }): unknown => faults.push(err) } as unknown as ErasureDeps['log'];
  const pass = (store = objects, signal = new AbortController().signal, forMs?: number): Promise<number> =>
    eraseInBatches({ db: database.system, objects: store, log }, signal, forMs);
  /** As if the time had come in which an erasure that has failed is tried again. */
  const wake = () => sql`update erasure set next_at = now() where ended_at is null`.execute(kysely(database.system));
  /** Passes until nothing is left that can be done now. */
  async function through(): Promise<void> {
    while ((await pass()) > 0);
  }
  /** All that the store and the tables of batches have, as text. */
  async function all(): Promise<string> {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    const contents = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
    const rows: unknown[] = [];
    for (const table of [
      'document',
      'document_draft',
      'batch_row_error',
      'erasure',
      'audit_entry',
      'run_inbox',
    ] as const)
      rows.push(await kysely(database.system).selectFrom(table).selectAll().execute());
    return [...files.map(({ name }) => name), ...contents, JSON.stringify(rows)].join('\n');
  }
  const batchOf = (id: string) =>
    kysely(database.system).selectFrom('batch').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const list = async (id: string, what: string): Promise<string> =>
    (await api.call({ url: `/v1/batches/${id}/${what}`, key })).text;

  it('leaves nothing of them in documents, files, archive, upload and lists, and all of the others', async () => {
    const { batchId } = await addBatch();
    await erase();
    await through();
    expect(await newest()).toMatchObject({
      documents: 1,
      refusedRows: 1,
      uploads: 1,
      archives: 1,
      others: 0,
      endedAt: expect.any(String),
    });
    expect(await all()).not.toMatch(/secret|P-1\b|P-3/i);
    const [gone, ...others] = await documentsOf(database, batchId);
    expect(gone).toMatchObject({
      generated: 'done',
      rendered: 'done',
      key: '(erased)',
      error: { code: 'document.erased' },
    });
    expect(others).toMatchObject([{ key: 'P-2' }, { key: 'P-4', files: { html: {} } }]);
    const errors = await list(batchId, 'errors.csv');
    expect(errors.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^2,\(erased\),document\.erased,/),
      expect.stringMatching(/^4,,row\.erased,/),
      '',
    ]);
    expect(JSON.parse(await list(batchId, 'manifest'))['documents']).toMatchObject([
      { key: '(erased)', state: 'document.erased', files: [] },
      { key: 'P-2', state: 'delivered' },
      { key: 'P-4', state: 'delivered' },
    ]);
    const batch = await batchOf(batchId);
    expect((await objects.get(batch.archive_key ?? '')).toString('latin1')).toContain('Dear Cy');
    expect((await objects.get(batch.rows_key)).toString()).toContain('P-4,cy@example.test');
    const before = await newest();
    await through();
    expect(await newest()).toEqual(before);
    const said = kysely(database.system)
      .selectFrom('audit_entry')
      .select('detail')
      .where('act', '=', 'contact.erasureEnded');
    expect(await said.where('subject_id', '=', String(before['contactId'])).execute()).toEqual([
      { detail: { documents: 1, refusedRows: 1, uploads: 1, archives: 1, others: 0 } },
    ]);
  });

  it('goes on where it broke off, at whichever call the store goes away', async () => {
    const { batchId } = await addBatch();
    await erase();
    let calls = 0;
    let failing = 1;
    const broken = new Proxy(objects, {
      get:
        (store, name: keyof ObjectStore) =>
        (...given: [string, never]): unknown => {
          if ((calls += 1) >= failing) return Promise.reject(new Error('The store is away'));
          return store[name](...given);
        },
    });
    while ((await newest())['endedAt'] === null) {
      calls = 0;
      await pass(broken);
      await wake();
      failing += 1;
    }
    expect(faults.map(String).filter((fault) => !fault.includes('The store is away'))).toEqual([]);
    expect(failing).toBeGreaterThan(4);
    expect(await newest()).toMatchObject({ documents: 1, refusedRows: 1, uploads: 1, archives: 1 });
    expect(await all()).not.toMatch(/secret|P-1\b/i);
    const { archive_key: archive, rows_key: rows } = await batchOf(batchId);
    expect((await objects.get(archive ?? '')).toString('latin1')).toContain('Dear Cy');
    // No file is left that nothing points to: the upload, the archive and two letters.
    const left = await readdir(join(folder, database.workspaceId, 'batches', batchId));
    expect(left).toHaveLength(3);
    expect((await objects.get(rows)).toString()).toContain('P-4');
  });

  it('ends a review of which it takes the last document that nobody has decided', async () => {
    const { batchId, runId } = await addBatch({ rendered: 'pending', stage: 'review', isOver: false });
    await openReviewGate(database, runId);
    const rest = sql`update document set decision = 'approve' where batch_id = ${batchId} and ordinal > 1`;
    await rest.execute(kysely(database.system));
    await erase();
    await through();
    expect((await documentsOf(database, batchId))[0]).toMatchObject({
      rendered: 'withheld',
      decision: 'reject',
      answers: null,
    });
    const messages = kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'payload'])
      .where('run_id', '=', runId);
    expect(await messages.execute()).toEqual([{ kind: 'documentDecision', payload: { undecided: 0 } }]);
    expect(await newest()).toMatchObject({ endedAt: expect.any(String), archives: 0 });
  });

  it('keeps of a letter that is being written what it costs, once', async () => {
    const { batchId, batch } = await addBatch({
      generated: 'pending',
      rendered: 'pending',
      stage: 'generate',
      isOver: false,
    });
    const within = <T>(work: Parameters<typeof inWorkspace<T>>[2]): Promise<T> =>
      inWorkspace(database.app, database.workspaceId, work);
    await within((tx) => claimDocuments(tx, batch, 'generated', { from: 1, to: 3 }, 'mine'));
    await erase();
    await through();
    const written = {
      kind: 'generated',
      ordinal: 1,
      state: 'done',
      isFlagged: false,
      answers: { intro: 'Dear Secret' },
    } as const;
    const cost = {
      findings: [],
      contentHash: 'h',
      usage: { inputTokens: 10, outputTokens: 5 },
      costMicros: 70,
      repairs: 0,
      error: null,
    };
    for (const _ of ['once', 'again'])
      expect(
        (await within((tx) => writeCheckpoints(tx, batch, 'generated', 'mine', [{ ...written, ...cost }]))).written,
      ).toEqual(new Set([1]));
    expect((await documentsOf(database, batchId))[0]).toMatchObject({
      generated: 'skipped',
      answers: null,
      cost_micros: '70',
    });
    expect(Number((await batchOf(batchId)).spent_micros)).toBe(70);
  });

  it('comes back to a batch that is at work until it is not, and takes what was made meanwhile', async () => {
    const { batchId, batch } = await addBatch({ rendered: 'pending', stage: 'render', isOver: false });
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      claimDocuments(tx, batch, 'rendered', { from: 1, to: 3 }, 'mine'),
    );
    await erase();
    await through();
    expect(await newest()).toMatchObject({ endedAt: null, waitsFor: 1, documents: 1 });
    // The attempt had the row before: its file comes now.
    const late = `${database.workspaceId}/batches/${batchId}/00001-P-1.html`;
    await objects.put(late, 'Dear Secret');
    await sql`update batch set ended_at = now() where id = ${batchId}`.execute(kysely(database.system));
    await through();
    expect(await objects.open(late)).toBeNull();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String), waitsFor: 0, documents: 1 });
  });

  it('leaves the file to an import that reads it, and takes the rows once they are there', async () => {
    const { batchId, batch } = await addBatch({ stage: 'import', isOver: false });
    const { rows_key: before } = await batchOf(batchId);
    await erase();
    await through();
    expect(await newest()).toMatchObject({ endedAt: null, waitsFor: 1 });
    expect((await batchOf(batchId)).rows_key).toBe(before);
    const values = { policy: 'P-9', first_name: 'Secret', premium: '1.00' };
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      storeRows(tx, batch, [{ ordinal: 4, line: 9, key: 'P-9', email: 'secret@example.test', values }]),
    );
    await sql`update batch set stage = 'approve-estimate', rows = 4 where id = ${batchId}`.execute(
      kysely(database.system),
    );
    await through();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String), documents: 2, uploads: 1 });
    expect((await documentsOf(database, batchId)).at(-1)).toMatchObject({ key: '(erased)', values: {} });
    expect(await objects.open(before)).toBeNull();
  });

  it('goes through a file in which every row is theirs', async () => {
    const { workspaceId } = database;
    const rows = Array.from({ length: 1_200 }, (_, at) => `P-${at},all@example.test,Secret,1.00`);
    const file = `Policy,Mail,First name,Premium\n${rows.join('\n')}\n`;
    const columns = { key: 'policy', email: 'mail' };
    const { batchId } = await makeBatch(database, objects, file, { columns } as object);
    const values = { policy: 'P', first_name: 'Secret', premium: '1.00' };
    const documents = rows.map((_, at) => ({
      ordinal: at + 1,
      line: at + 2,
      key: `P-${at}`,
      email: 'all@example.test',
      values,
    }));
    await inWorkspace(database.app, workspaceId, (tx) =>
      storeRows(tx, { workspace_id: workspaceId, id: batchId }, documents),
    );
    await sql`update batch set stage = 'approve-estimate' where id = ${batchId}`.execute(kysely(database.system));
    await erase({ email: 'all@example.test' });
    await through();
    expect(await newest()).toMatchObject({ documents: 1_200, uploads: 1, endedAt: expect.any(String) });
    expect((await objects.get((await batchOf(batchId)).rows_key)).toString()).not.toContain('all@');
  });

  it('leaves what only names the person, and says how much that is', async () => {
    const { batchId } = await addBatch();
    const adviser = {
      policy: 'P-2',
      first_name: 'Bo',
      premium: '1.00',
      note: `${letter.name}: ask adviser@example.test`,
    };
    await sql`update document set "values" = ${JSON.stringify(adviser)}::jsonb where batch_id = ${batchId} and ordinal = 2`.execute(
      kysely(database.system),
    );
    await erase({ email: 'adviser@example.test' });
    await through();
    expect(await newest()).toMatchObject({ documents: 0, others: 1, endedAt: expect.any(String) });
    expect((await documentsOf(database, batchId)).map((document) => document.key)).not.toContain('(erased)');
  });

  it('takes what has an address of before, unless another has or had that (easy-digital-downloads#6565, fxa#12372)', async () => {
    const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });
    /** Someone who got a mail at the address before they had another one. */
    const moved = async (externalId: string): Promise<void> => {
      const url = `/v1/contacts/${externalId}`;
      const { json } = await api.call({ method: 'PUT', url, key, body: { email: 'secret@example.test' } });
      const { effectId } = await sentMail(database, keys, String(json['id']));
      await sql`update mail set recipient = 'Secret@example.test' where effect_id = ${effectId}`.execute(
        kysely(database.system),
      );
      await api.call({ method: 'PUT', url, key, body: { email: `${externalId}@example.test` } });
    };
    const own = (email: string | null) => api.call({ method: 'PUT', url: '/v1/contacts/heir', key, body: { email } });
    await moved('moved-1');
    const { batchId } = await addBatch();
    const keysOf = async () => (await documentsOf(database, batchId)).map((document) => document.key);
    await own('SECRET@example.test');
    await api.call({ method: 'DELETE', url: '/v1/contacts/moved-1', key });
    await through();
    expect([await keysOf(), (await newest())['endedAt']]).toEqual([['P-1', 'P-2', 'P-4'], expect.any(String)]);
    await own(null);
    await moved('moved-2');
    await moved('moved-3');
    await api.call({ method: 'DELETE', url: '/v1/contacts/moved-2', key });
    await through();
    expect([await keysOf(), (await newest())['endedAt']]).toEqual([['P-1', 'P-2', 'P-4'], expect.any(String)]);
    await api.call({ method: 'DELETE', url: '/v1/contacts/moved-3', key });
    await through();
    expect([await keysOf(), (await newest())['endedAt']]).toEqual([['(erased)', 'P-2', 'P-4'], expect.any(String)]);
  });

  it('leaves what comes after it, of a new person with the same id and address (posthog.com#13703)', async () => {
    const before = await addBatch();
    await erase({ id: 'again', email: 'secret@example.test' });
    const body = { email: 'secret@example.test' };
    expect((await api.call({ method: 'PUT', url: '/v1/contacts/again', key, body })).status).toBe(200);
    const after = await addBatch();
    await through();
    // For the tests after this one nobody else has the address.
    await api.call({ method: 'PUT', url: '/v1/contacts/again', key, body: { email: null } });
    const keys = await Promise.all(
      [before, after].map(async ({ batchId }) =>
        (await documentsOf(database, batchId)).map((document) => document.key),
      ),
    );
    expect(keys).toEqual([
      ['(erased)', 'P-2', 'P-4'],
      ['P-1', 'P-2', 'P-4'],
    ]);
  });

  it('leaves the rows of a list without addresses that all name an adviser, and takes the one that alone names a person', async () => {
    const { workspaceId } = database;
    const file = `Policy,First name,Premium,Adviser
A-1,Bo,1.00,broker@example.test
A-2,Cy,1.00,broker@example.test
A-3,Di,1.00,di@example.test
`;
    const { batchId } = await makeBatch(database, objects, file, { columns: { key: 'policy' } } as object);
    const people = ['broker', 'broker', 'di'].map((name, at) => {
      const values = { policy: `A-${at + 1}`, first_name: 'Bo', premium: '1.00', adviser: `${name}@example.test` };
      return { ordinal: at + 1, line: at + 2, key: `A-${at + 1}`, email: null, values };
    });
    await inWorkspace(database.app, workspaceId, (tx) =>
      storeRows(tx, { workspace_id: workspaceId, id: batchId }, people),
    );
    await sql`update batch set stage = 'approve-estimate' where id = ${batchId}`.execute(kysely(database.system));
    await erase({ email: 'broker@example.test' });
    await through();
    expect(await newest()).toMatchObject({ documents: 0, others: 2, uploads: 0, endedAt: expect.any(String) });
    await erase({ email: 'di@example.test' });
    await through();
    expect(await newest()).toMatchObject({ documents: 1, others: 0, uploads: 1, endedAt: expect.any(String) });
    const keys = (await documentsOf(database, batchId)).map((document) => document.key);
    expect(keys).toEqual(['A-1', 'A-2', '(erased)']);
  });

  it('does not wait for a batch whose run was terminated, nor for one at work that has nothing of the person', async () => {
    const terminated = await addBatch({ rendered: 'pending', stage: 'render', isOver: false });
    await sql`update run set ended_at = now() where id = ${terminated.runId}`.execute(kysely(database.system));
    await erase();
    await through();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String) });
    expect((await documentsOf(database, terminated.batchId))[0]?.key).toBe('(erased)');
    const atWork = await addBatch({ rendered: 'pending', stage: 'render', isOver: false });
    await erase({ email: 'nobody@example.test' });
    await through();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String), documents: 0 });
    await sql`update batch set ended_at = now() where id = ${atWork.batchId}`.execute(kysely(database.system));
  });

  it('is in the hands of one process, and of the next where that one has died', async () => {
    const id = await erase({ email: 'nobody@example.test' });
    const hold = (until: string) =>
      sql`update erasure set holder = uuidv7(), held_until = now() + ${until}::interval where id = ${id}`.execute(
        kysely(database.system),
      );
    await hold('1 minute');
    await through();
    expect(await newest()).toMatchObject({ id, endedAt: null });
    await hold('-1 minute');
    await pass(objects, AbortSignal.abort());
    expect(await newest()).toMatchObject({ id, endedAt: null });
    await wake();
    await through();
    expect(await newest()).toMatchObject({ id, endedAt: expect.any(String) });
  });

  it('goes on with the next file of rows in the next pass, once its time is over', async () => {
    for (const _ of ['one', 'another']) await addBatch();
    await erase();
    expect(await pass(objects, new AbortController().signal, 0)).toBe(1);
    expect(await newest()).toMatchObject({ endedAt: null });
    await through();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String) });
  });

  it('is an incident of its workspace where it fails again and again, writes nothing that nobody knows of, and ends', async () => {
    await addBatch();
    const id = await erase();
    const away = { ...objects, putStream: () => Promise.reject(new Error('The store is full')) };
    const row = () =>
      kysely(database.system).selectFrom('erasure').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const incidents = () =>
      kysely(database.system)
        .selectFrom('incident')
        .select('kind')
        .where('kind', '=', 'erasure.fails')
        .where('state', '=', 'open')
        .execute();
    while ((await row()).tries < 3) {
      expect(await incidents()).toEqual([]);
      await wake();
      while ((await pass(away)) > 0) await wake();
    }
    expect(await incidents()).toHaveLength(1);
    expect(await row()).toMatchObject({ written: [], ended_at: null });
    // Not before its time.
    expect(await pass()).toBe(0);
    await wake();
    await through();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String) });
    expect(await incidents()).toEqual([]);
  });

  it('packs an archive anew without a letter that has gone from the store, and says so there', async () => {
    const { batchId } = await addBatch();
    await objects.delete(`${database.workspaceId}/batches/${batchId}/00002-P-2.html`);
    await erase();
    await through();
    expect(await newest()).toMatchObject({ endedAt: expect.any(String), archives: 1 });
    const archive = (await objects.get((await batchOf(batchId)).archive_key ?? '')).toString('latin1');
    expect(archive).toContain('Dear Cy');
    expect(archive).not.toContain('Dear Bo');
  });

  it('is seen by those alone who may erase, and in their workspace', async () => {
    await erase();
    expect((await api.call({ url: '/v1/erasures', key: await api.key(['contacts:write']) })).status).toBe(403);
    const foreign = await api.key(['contacts:erase'], await database.addWorkspace());
    expect((await api.call({ url: '/v1/erasures', key: foreign })).json['items']).toEqual([]);
  });
});
