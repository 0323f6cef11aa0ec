import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batchesLike,
  keysMadeBefore,
  linesWithoutDocument,
  madeInOthers,
  storeRows,
} from '../../platform/db/documents/batches.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { atOnce } from '../../test/support/at-once.ts';
import { letter, makeBatch, objectsOf, openReviewGate, rowsCsv } from '../../test/support/batches.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

describe('/v1/batches/{id}/documents', () => {
  const home = mkdtempSync(join(tmpdir(), 'tl-documents-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const { database, api } = useTestApi({ THROUGHLINE_HOME: home });
  let key: string;
  let batchId: string;

  /** 40 documents: every third one corrected, every fifth one flagged, 7 and 14 failed, 13 and 26 skipped, 31 to 35 without their file. */
  beforeAll(async () => {
    key = await api.key(['batches:read']);
    const { workspaceId, app, system } = database;
    ({ batchId } = await makeBatch(database, objectsOf(home), ''));
    const rows = Array.from({ length: 40 }, (_, index) => ({
      ordinal: index + 1,
      line: index + 2,
      key: `${index < 20 ? 'A' : 'b'}%-${index + 1}`,
      email: null,
      values: index === 0 ? { first_name: 'Ana', last_name: 'Brandt' } : {},
    }));
    await inWorkspace(app, workspaceId, (tx) => storeRows(tx, { workspace_id: workspaceId, id: batchId }, rows));
    await sql`update document set repairs = (ordinal % 3 = 0)::int, is_flagged = ordinal % 5 = 0,
        findings = case when ordinal % 5 = 0 then '[{"check":"facts","code":"facts.number","severity":"error"},
          {"check":"facts","code":"facts.number","severity":"warning"}]'::jsonb when ordinal = 1
          then '[{"check":"length","code":"length.tooLong","severity":"warning"}]'::jsonb else '[]'::jsonb end,
        generated = case when ordinal in (7, 14) then 'failed' when ordinal in (13, 26) then 'skipped' else 'done' end,
        rendered = case when ordinal between 31 and 33 then 'withheld' when ordinal in (34, 35) then 'failed' else 'done' end,
        decision = case when ordinal = 10 then 'approve' end where batch_id = ${batchId}`.execute(kysely(system));
  });

  /** The ordinals of all pages, of each page as long as it is. */
  async function pages(query: string, limit: number): Promise<number[][]> {
    const found: number[][] = [];
    for (let cursor = ''; ;) {
      const url = `/v1/batches/${batchId}/documents?limit=${limit}${query}${cursor}`;
      const { json } = await api.call({ url, key });
      found.push((json['items'] as { ordinal: number }[]).map(({ ordinal }) => ordinal));
      const next = json['nextCursor'];
      if (typeof next !== 'string') return found;
      cursor = `&cursor=${next}`;
    }
  }
  const all = Array.from({ length: 40 }, (_, index) => index + 1);

  it.each([
    ['', all],
    ['&show=all', all],
    ['&show=repaired', all.filter((ordinal) => ordinal % 3 === 0)],
    ['&show=flagged', [5, 10, 15, 20, 25, 30, 35, 40]],
    ['&show=undecided', [5, 15, 20, 25, 30, 35, 40]],
    ['&show=failed', [7, 14, 34, 35]],
    ['&show=missing', [7, 13, 14, 26, 31, 32, 33, 34, 35]],
    ['&show=undecided&finding=facts.number', [5, 15, 20, 25, 30, 35, 40]],
    ['&finding=length.tooLong', [1]],
    ['&finding=%25', []],
    ['&q=A', all.slice(0, 20)],
    ['&q=A%25-1', [1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]],
    ['&q=%25', []],
    ['&q=a', []],
    ['&q=b&show=repaired', [21, 24, 27, 30, 33, 36, 39]],
  ])('%s are listed in the order of the file, whatever the length of a page', async (query, expected) => {
    for (const limit of [3, 7, 200]) {
      const found = await pages(query, limit);
      expect(found.flat()).toEqual(expected);
      expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    }
  });

  it('are listed with whom their rows are about, where a row says so', async () => {
    const { json } = await api.call({ url: `/v1/batches/${batchId}/documents?limit=2`, key });
    expect(json['items']).toMatchObject([{ recipient: 'Ana Brandt' }, { recipient: null }]);
  });

  it('are counted as they are listed', async () => {
    const { json } = await api.call({ url: `/v1/batches/${batchId}`, key });
    expect(json['progress']).toEqual({
      generated: 36,
      flagged: 8,
      skipped: 2,
      generateFailed: 2,
      undecided: 7,
      rendered: 35,
      withheld: 3,
      renderFailed: 2,
      failed: 4,
      repaired: 13,
      missing: 9,
    });
    expect(json['defects']).toEqual([
      { check: 'facts', code: 'facts.number', count: 8, flagged: 8 },
      { check: 'length', code: 'length.tooLong', count: 1, flagged: 0 },
    ]);
  });

  it('are decided by another person than the one who started the batch (security 6)', async () => {
    const [starter, reviewer] = [await api.member(['approver']), await api.member(['approver'])];
    await sql`update run set requested_by = ${starter.memberId} where subject_id = ${batchId}`.execute(
      kysely(database.system),
    );
    await sql`update batch set stage = 'review' where id = ${batchId}`.execute(kysely(database.system));
    const { rows } = await sql<{ id: string; hash: string }>`
      update document set content_hash = 'h', rendered = 'pending' where batch_id = ${batchId} and ordinal = 1
      returning id, content_hash as hash`.execute(kysely(database.system));
    const decide = (cookie: string, decision: string | null = 'approve') =>
      api.call({
        method: 'POST',
        url: `/v1/documents/${rows[0]?.id}/decisions`,
        cookie,
        body: { decision, expectedHash: 'h' },
      });
    expect(await decide(starter.cookie)).toMatchObject({ status: 403, json: { code: 'gate.separationOfDuties' } });
    expect((await decide(reviewer.cookie)).json).toMatchObject({ decision: 'approve', decidedBy: expect.any(String) });
    // One that was a slip of the hand is taken back while the batch is in review (dashboard F7).
    expect((await decide(reviewer.cookie, null)).json).toMatchObject({ decision: null, decidedBy: null });
    expect((await decide(reviewer.cookie, 'reject')).json).toMatchObject({ decision: 'reject' });
    // With the last decision the run goes on: one that came after it would be shown and not be followed.
    await sql`update document set decision = 'approve' where batch_id = ${batchId} and is_flagged`.execute(
      kysely(database.system),
    );
    const late = await decide(reviewer.cookie, null);
    expect(late).toMatchObject({
      status: 409,
      json: { code: 'batch.notInReview', detail: expect.stringContaining('is over') },
    });
  });

  it('say how many are decided an hour, once that says something (issue 14 §4, the drawing of a review)', async () => {
    const pace = async () => (await api.call({ url: `/v1/batches/${batchId}`, key })).json['decidedPerHour'];
    const { system } = database;
    const member = await api.member(['approver']);
    // By nobody, and long ago: neither counts.
    await sql`update document set decided_at = null where batch_id = ${batchId}`.execute(kysely(system));
    await sql`update document set decided_at = now() - interval '3 hours', decided_by = ${member.memberId}
      where batch_id = ${batchId} and ordinal between 11 and 20`.execute(kysely(system));
    await sql`update document set decided_at = now() - ordinal * interval '30 seconds', decided_by = ${member.memberId}
      where batch_id = ${batchId} and ordinal between 1 and 4`.execute(kysely(system));
    expect(await pace()).toBeNull();
    await sql`update document set decided_at = now() - (7 - ordinal) * interval '20 seconds', decided_by = ${member.memberId}
      where batch_id = ${batchId} and ordinal between 1 and 6`.execute(kysely(system));
    expect(await pace()).toBe(180);
  });

  it('are decided anew only by who has seen what a colleague decided (bds-ps#197; bad day, two reviewers)', async () => {
    const { workspaceId, app, system } = database;
    const { batchId: id, runId } = await makeBatch(database, objectsOf(home), '');
    const rows = [1, 2].map((ordinal) => ({
      ordinal,
      line: ordinal + 1,
      key: `P-${ordinal}`,
      email: null,
      values: {},
    }));
    await inWorkspace(app, workspaceId, (tx) => storeRows(tx, { workspace_id: workspaceId, id }, rows));
    await sql`update batch set stage = 'review' where id = ${id}`.execute(kysely(system));
    await openReviewGate(database, runId);
    const made = await sql<{
      id: string;
    }>`update document set generated = 'done', is_flagged = true, content_hash = 'h',
      answers = '{"intro":"Thank you."}' where batch_id = ${id} returning id`.execute(kysely(system));
    const [one, other] = [await api.member(['approver']), await api.member(['approver', 'operator'])];
    const url = `/v1/documents/${made.rows[0]?.id}`;
    const send = (to: string, { cookie }: typeof one, body: object) =>
      api.call({ method: 'POST', url: `${url}/${to}`, cookie, body: { expectedHash: 'h', ...body } });
    const refused = { status: 412, json: { code: 'document.decidedMeanwhile' } };
    expect((await send('decisions', one, { decision: 'reject', expectedDecision: null })).status).toBe(200);
    // Who has the same name is another person (a hostile reader 17).
    const namesake = await send('decisions', await api.member(['approver']), { decision: 'approve' });
    expect(namesake).toMatchObject({
      ...refused,
      json: { detail: expect.stringMatching(/^Test approver.*reload/) as string },
    });
    expect((await send('decisions', one, { decision: 'approve' })).json).toMatchObject({ decision: 'approve' });
    expect((await send('decisions', one, { decision: 'reject' })).json).toMatchObject({ decision: 'reject' });
    // Both had it before them when nothing was decided; a program may not say what it saw.
    for (const seen of [{ expectedDecision: null }, {}]) {
      expect(await send('decisions', other, { decision: 'approve', ...seen })).toMatchObject(refused);
      expect(await send('decisions', other, { decision: null, expectedDecision: 'approve' })).toMatchObject(refused);
      expect(await send('drafts', other, { kind: 'regenerated', note: 'Shorter', ...seen })).toMatchObject(refused);
    }
    const seen = await send('decisions', other, { decision: 'approve', expectedDecision: 'reject' });
    expect(seen.json).toMatchObject({ decision: 'approve' });
    expect(await send('decisions', one, { decision: 'reject' })).toMatchObject(refused);
    expect((await send('decisions', other, { decision: null })).json).toMatchObject({ decision: null });
    const late = await send('decisions', one, { decision: 'reject', expectedDecision: 'reject' });
    expect(late).toMatchObject({ ...refused, json: { detail: expect.stringContaining('taken back') as string } });
    // Behind the review, and once the batch has ended, nothing is taken back and nothing is changed by half (issue 14 §5).
    expect((await send('decisions', one, { decision: 'approve', expectedDecision: null })).status).toBe(200);
    const before = await api.call({ url, cookie: one.cookie });
    for (const closed of [sql`stage = 'render'`, sql`stage = 'done', ended_at = now()`]) {
      await sql`update batch set ${closed} where id = ${id}`.execute(kysely(system));
      const over = { status: 409, json: { code: 'batch.notInReview' } };
      for (const decision of [null, 'reject'])
        expect(await send('decisions', one, { decision, expectedDecision: 'approve' })).toMatchObject(over);
      expect(await send('drafts', one, { kind: 'regenerated', note: 'Shorter' })).toMatchObject(over);
      const now = await api.call({ url, cookie: one.cookie });
      expect(now.json).toEqual({ ...before.json, isInReview: false });
    }
  });

  it('are changed in review, by who may decide, on the text that they saw, one change at a time', async () => {
    const { workspaceId, app, system } = database;
    const reviewer = await api.member(['approver']);
    const { batchId: id, runId } = await makeBatch(database, objectsOf(home), '');
    const row = { ordinal: 1, line: 2, key: 'P-1', email: null, values: {} };
    await inWorkspace(app, workspaceId, (tx) => storeRows(tx, { workspace_id: workspaceId, id }, [row]));
    await sql`update batch set stage = 'review' where id = ${id}`.execute(kysely(system));
    const review = await openReviewGate(database, runId);
    const { rows } = await sql<{
      id: string;
    }>`update document set generated = 'done', is_flagged = true, content_hash = 'h1',
      answers = '{"intro":"Thank you."}', findings = '[{"check":"facts","code":"facts.number","severity":"error","message":"x","evidence":null}]'
      where batch_id = ${id} returning id`.execute(kysely(system));
    const url = `/v1/documents/${rows[0]?.id}`;
    const ask = (body: object) =>
      api.call({
        method: 'POST',
        url: `${url}/drafts`,
        cookie: reviewer.cookie,
        body: { expectedHash: 'h1', ...body },
      });
    const edited = (intro: unknown, more = {}) => ask({ kind: 'edited', answers: { intro, ...more } });
    const codeOf = async (answer: ReturnType<typeof ask>) => (await answer).json['code'];
    expect(await codeOf(edited('Thank you.'))).toBe('document.unchanged');
    expect((await edited('')).json).toMatchObject({
      code: 'document.answers',
      errors: [{ path: 'answers.intro', message: 'The slot is empty' }],
    });
    expect(await codeOf(edited('Thanks.', { other: 'x' }))).toBe('document.answers');
    expect((await ask({ kind: 'edited', answers: { intro: 'Thanks.' }, expectedHash: 'h0' })).status).toBe(412);
    expect(await codeOf(ask({ kind: 'regenerated', note: ' ' }))).toBe('request.invalid');
    const outsider = { url: `${url}/drafts`, method: 'POST', key } as const;
    expect((await api.call({ ...outsider, body: { kind: 'regenerated', note: 'x', expectedHash: 'h1' } })).status).toBe(
      403,
    );

    expect(await edited('Thanks.')).toMatchObject({ status: 202, json: { isBeingChanged: true, decision: null } });
    expect(await codeOf(ask({ kind: 'regenerated', note: 'Shorter' }))).toBe('document.beingChanged');
    const decide = { method: 'POST', url: `${url}/decisions`, cookie: reviewer.cookie } as const;
    const decided = await api.call({ ...decide, body: { decision: 'approve', expectedHash: 'h1' } });
    expect(decided.json).toMatchObject({ status: 409, code: 'document.beingChanged' });
    const drop = () => api.call({ method: 'DELETE', url: `${url}/drafts/open`, cookie: reviewer.cookie });
    expect((await drop()).json).toMatchObject({ isBeingChanged: false });
    expect((await drop()).status).toBe(409);

    for (let left = 5; left > 0; left -= 1) {
      expect((await ask({ kind: 'regenerated', note: 'Shorter' })).status).toBe(202);
      await drop();
    }
    expect(await codeOf(ask({ kind: 'regenerated', note: 'Shorter' }))).toBe('document.tooManyDrafts');
    const { json } = await api.call({ url: `${url}/drafts`, cookie: reviewer.cookie });
    await sql`update gate set status = 'decided' where id = ${review}`.execute(kysely(system));
    expect(await codeOf(edited('Too late.'))).toBe('batch.notInReview');
    expect(json).toMatchObject({ regenerationsLeft: 0 });
    expect((json['items'] as object[]).slice(0, 2)).toMatchObject([
      { number: 1, kind: 'first', state: 'made', answers: { intro: 'Thank you.' } },
      { number: 2, kind: 'edited', state: 'dropped', author: expect.any(String), answers: { intro: 'Thanks.' } },
    ]);
    await api.call({ ...decide, body: { decision: 'approve', expectedHash: 'h1' } });
    const list = await api.call({ url: `/v1/batches/${id}/documents?show=approved`, cookie: reviewer.cookie });
    expect(list.json['items']).toMatchObject([{ decidedBy: expect.any(String), decidedAt: expect.any(String) }]);
  });

  it('are made again once: what a batch in between has made is not missing any more (documents A8)', async () => {
    const { workspaceId, app, system } = database;
    const writer = await api.key(['batches:write']);
    const again = async (id: string) =>
      (await api.call({ method: 'POST', url: `/v1/batches/${id}/again`, key: writer, body: { reason: 'x' } })).json;
    // A file of before may have what a new one is refused for.
    const csv = rowsCsv(3).replace('100.50', '"1.000,50"');
    const { batchId: first } = await makeBatch(database, objectsOf(home), csv);
    const write = (id: string, lines: number[], done: number[]) =>
      inWorkspace(app, workspaceId, async (tx) => {
        const rows = lines.map((line, at) => ({ ordinal: at + 1, line, key: `${line}`, email: null, values: {} }));
        await storeRows(tx, { workspace_id: workspaceId, id }, rows);
        await sql`update document set rendered = 'done' where batch_id = ${id} and line = any(${done}::int[])`.execute(
          kysely(tx),
        );
        await sql`update run set ended_at = now(), status = 'terminated', outcome = 'terminated' where subject_id = ${id}`.execute(
          kysely(tx),
        );
      });
    await write(first, [2, 3, 4], [2]);
    const ended = await kysely(system)
      .selectFrom('batch')
      .select(['ended_at', 'outcome'])
      .where('id', '=', first)
      .execute();
    expect(ended).toEqual([{ ended_at: expect.any(Date), outcome: 'terminated' }]);
    const second = String((await again(first))['id']);
    await write(second, [3, 4], [3]);
    const third = String((await again(first))['id']);
    const linesOf = (id: string) =>
      inWorkspace(app, workspaceId, (tx) => linesWithoutDocument(tx, { workspace_id: workspaceId, id }));
    expect(await linesOf(first)).toEqual([4]);
    for (const id of [first, second]) expect(await again(id)).toMatchObject({ code: 'batch.underWay', batchId: third });
    await write(third, [4], [4]);
    for (const id of [first, second, third]) expect(await again(id)).toMatchObject({ code: 'batch.nothingMissing' });
    expect(await kysely(system).selectFrom('batch').select('id').where('again_of', '=', first).execute()).toHaveLength(
      2,
    );
  });

  it('are known where another batch has them with the same values (Forus#127, #1595, notification-admin#2708)', async () => {
    const { workspaceId, app, system } = database;
    const make = async (keys: string[], changes = {}): Promise<string> => {
      const { batchId } = await makeBatch(database, objectsOf(home), '', changes);
      const rows = keys.map((name, at) => ({
        ordinal: at + 1,
        line: at + 2,
        key: name,
        email: null,
        values: { name },
      }));
      await inWorkspace(app, workspaceId, (tx) => storeRows(tx, { workspace_id: workspaceId, id: batchId }, rows));
      return batchId;
    };
    const end = (id: string): Promise<unknown> =>
      kysely(system).updateTable('batch').set({ ended_at: new Date() }).where('id', '=', id).execute();
    const othersOf = (id: string, template: { name: string }) =>
      inWorkspace(app, workspaceId, async (tx) => {
        const like = await batchesLike(tx, { workspace_id: workspaceId, id, template });
        return madeInOthers(tx, { workspace_id: workspaceId, id }, like, { from: 1, to: 9, amounts: ['premium'] });
      });
    const known = async (id: string) => {
      const others = await othersOf(id, letter);
      return others.map(({ name, documents }) => `${documents} in ${name}`);
    };
    const first = await make(['sent', 'failed', 'Other case'], { name: 'First' });
    const second = await make(['sent', 'failed', 'other case', 'new'], { name: 'Second' });
    expect([await known(first), await known(second)]).toEqual([['2 in Second'], ['2 in First']]);
    await sql`update document set rendered = 'done' where batch_id = ${first} and key = 'sent'`.execute(kysely(system));
    await end(first);
    expect(await known(second)).toEqual(['1 in First']);
    // A spreadsheet has written the amounts anew.
    const withPremium = (id: string, premium: string) =>
      sql`update document set "values" = jsonb_build_object('name', key, 'premium', ${premium}::text) where batch_id = ${id}`.execute(
        kysely(system),
      );
    await withPremium(first, '1250.00');
    for (const [premium, expected] of [
      ['1250', ['1 in First']],
      ['1250.01', []],
      ['', []],
    ] as const) {
      await withPremium(second, premium);
      expect(await known(second), premium).toEqual(expected);
    }
    await sql`update document set "values" = '{"name": "changed"}' where batch_id = ${second}`.execute(kysely(system));
    expect(await known(second)).toEqual([]);
    const otherLetter = await make(['sent'], { template: { ...letter, name: 'Reminder' } });
    expect(await othersOf(otherLetter, { name: 'Reminder' })).toEqual([]);
  });

  it('leave the estimate as an API of the release before reads it, also where a worker of then stores it', async () => {
    const { batchId } = await makeBatch(database, objectsOf(home), '');
    const figures = { documents: 3, promptTokens: 9 };
    const estimate = JSON.stringify({ ...figures, madeBefore: { documents: 2, batch: 'First' } });
    const { rows } = await sql`
      update batch set estimate = ${estimate}::jsonb where id = ${batchId} returning estimate`.execute(
      kysely(database.system),
    );
    expect(rows).toEqual([{ estimate: figures }]);
  });

  it('come mended in a batch of their own, and nobody gets a second letter by sending the whole file (documents A8)', async () => {
    const { workspaceId, app, system } = database;
    const { batchId: first } = await makeBatch(database, objectsOf(home), '');
    const store = (id: string, keys: string[]) =>
      inWorkspace(app, workspaceId, (tx) => {
        const rows = keys.map((name, at) => ({ ordinal: at + 1, line: at + 2, key: name, email: null, values: {} }));
        return storeRows(tx, { workspace_id: workspaceId, id }, rows);
      });
    await store(first, ['made', 'taken out', 'failed']);
    await sql`update document set rendered = case key when 'made' then 'done' else 'withheld' end,
      decision = case key when 'taken out' then 'reject' end where batch_id = ${first}`.execute(kysely(system));
    const { batchId: live } = await makeBatch(database, objectsOf(home), '', { mends: first });
    await store(live, ['under way']);
    await sql`update run set ended_at = now(), status = 'completed', outcome = 'completed' where subject_id = ${first}`.execute(
      kysely(system),
    );
    const { batchId: mended } = await makeBatch(database, objectsOf(home), '', { mends: first });
    const keys = ['made', 'taken out', 'failed', 'under way', 'refused'];
    const done = await inWorkspace(app, workspaceId, (tx) =>
      keysMadeBefore(tx, { workspace_id: workspaceId, id: mended }, { mends: first, keys }),
    );
    expect([...done].toSorted()).toEqual(['made', 'taken out', 'under way']);
    // One that mends the batch which mends it knows them all; of two that are read at once the second leaves what the first has stored.
    const { batchId: twice } = await makeBatch(database, objectsOf(home), '', { mends: mended });
    const { batchId: beside } = await makeBatch(database, objectsOf(home), '', { mends: first });
    const known = (tx: Tx, id: string, mends: string) =>
      keysMadeBefore(tx, { workspace_id: workspaceId, id }, { mends, keys });
    const [one, other] = await atOnce(
      database,
      async (tx) => {
        const before = await known(tx, twice, mended);
        const row = { ordinal: 1, line: 2, key: 'refused', email: null, values: {} };
        await storeRows(tx, { workspace_id: workspaceId, id: twice }, [row]);
        return before;
      },
      (tx) => known(tx, beside, first),
    );
    expect([one, other]).toEqual([
      { status: 'fulfilled', value: new Set(['made', 'taken out', 'under way']) },
      { status: 'fulfilled', value: new Set(['made', 'taken out', 'under way', 'refused']) },
    ]);
    // What failed and is made by one that mends it is not made again beside that.
    const missing = () =>
      inWorkspace(app, workspaceId, (tx) => linesWithoutDocument(tx, { workspace_id: workspaceId, id: first }));
    expect(await missing()).toEqual([4]);
    await store(mended, ['failed']);
    expect(await missing()).toEqual([]);
    await sql`update document set rendered = 'failed' where batch_id = ${mended}`.execute(kysely(system));
    await sql`update batch set ended_at = now() where id = ${mended}`.execute(kysely(system));
    expect(await missing()).toEqual([4]);
  });
});
