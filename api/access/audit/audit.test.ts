import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/caller.ts';
import { openTestGate } from '../../../test/support/gates.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { writeAuditAnchor } from '../../../platform/objects/audit-anchor.ts';
import { OBJECTS } from '../../http/parts.ts';
import { sealAudit } from '../../../platform/db/access/audit-seal.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { newId } from '../../../platform/ids.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';

describe('/v1/audit', () => {
  const home = mkdtempSync(join(tmpdir(), 'tl-audit-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const { database, api } = useTestApi({ THROUGHLINE_HOME: home });
  let admin: { cookie: string; memberId: string };
  const get = (path: string): Promise<Answer> => api.call({ url: `/v1/audit${path}`, cookie: admin.cookie });
  const items = async (path: string): Promise<Record<string, unknown>[]> =>
    (await get(path)).json['items'] as Record<string, unknown>[];

  /** Seals what there is, and notes the ends as a worker does. */
  const sealAll = async (): Promise<void> => {
    for (;;) {
      const { sealed, heads } = await sealAudit(database.system);
      for (const { workspaceId, seq, hash } of heads)
        await writeAuditAnchor(api.app.get(OBJECTS), workspaceId, { seq, hash: hash.toString('hex') });
      if (sealed === 0) return;
    }
  };

  beforeAll(async () => {
    admin = await api.member(['admin', 'approver']);
  });

  it('comes as a file of what is filtered, however much that is, for who may read it (dashboard F13, the audit log)', async () => {
    const { workspaceId } = database;
    const entry = {
      workspaceId,
      actor: { kind: 'system', id: null },
      subject: { kind: 'journey', id: newId() },
    } as const;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (let nth = 0; nth < 1_001; nth += 1)
        await recordAudit(tx, { ...entry, act: 'test.filed', detail: { nth, reason: '=1+1' } });
      await recordAudit(tx, { ...entry, act: 'test.other', detail: {} });
    });
    const file = await get('.csv?act=test.filed');
    expect(file).toMatchObject({ status: 200 });
    expect(String(file.headers['content-type'])).toBe('text/csv; charset=utf-8');
    const [head, ...lines] = file.text.trimEnd().split('\r\n');
    expect(head).toBe('at,act,actor,actorName,subject,subjectId,title,person,outcome,detail');
    expect(lines).toHaveLength(1_001);
    expect(lines.every((line) => line.includes(`,test.filed,system,,journey,${entry.subject.id},,,,`))).toBe(true);
    expect(lines.at(0)).toContain('""nth"":1000');
    expect(lines.at(-1)).toContain('""nth"":0');
    expect(await api.call({ url: '/v1/audit.csv', key: await api.key(['runs:read']) })).toMatchObject({ status: 403 });
  });

  it('tells what a person did, to what, by which request', async () => {
    const { gateId, contentHash } = await openTestGate(database);
    const decided = await api.call({
      method: 'POST',
      url: `/v1/gates/${gateId}/decisions`,
      cookie: admin.cookie,
      body: { outcome: 'approve', round: 1, expectedHash: contentHash },
    });
    expect(decided.status).toBe(200);
    const made = await api.call({
      method: 'POST',
      url: '/v1/api-keys',
      cookie: admin.cookie,
      body: { name: 'script', scopes: ['runs:read'] },
    });
    expect(made.status).toBe(201);
    expect(await items(`?subjectId=${gateId}`)).toEqual([
      expect.objectContaining({
        act: 'gate.decided',
        actor: { kind: 'member', id: admin.memberId, name: expect.stringMatching(/./) },
        subject: { kind: 'gate', id: gateId, title: expect.stringMatching(/./), person: null },
        outcome: 'Send it',
        requestId: decided.headers['x-request-id'],
        detail: expect.objectContaining({ outcome: 'approve', contentHash }),
      }),
    ]);
    const drafted = await api.call({
      method: 'PUT',
      url: '/v1/courses/of-a-key',
      key: await api.key(['courses:write']),
      body: { title: 'Of a key', prerequisites: [], completion: { moveOn: 'completed' } },
    });
    expect(drafted.status).toBe(200);
    const [byKey] = await items('?act=course.put');
    expect(byKey).toMatchObject({
      actor: { kind: 'apiKey', name: expect.stringMatching(/./) },
      subject: { kind: 'course', title: 'Of a key', person: null },
    });
    const put = await api.call({
      method: 'PUT',
      url: '/v1/contacts/lena',
      cookie: admin.cookie,
      body: { attributes: { name: 'Lena' } },
    });
    expect(put.status).toBe(200);
    expect(await items(`?actorId=${admin.memberId}&act=contact.changed`)).toMatchObject([
      { subject: { title: 'lena', person: 'Lena' }, detail: { fields: ['name'] } },
    ]);
    expect(await items(`?act=contact.changed&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect(await items(`?act=contact.changed&since=${new Date(Date.now() - 60_000).toISOString()}`)).toHaveLength(1);
    const [newest] = await items('?act=apiKey.created&limit=1');
    expect(newest?.['act']).toMatch(/^(apiKey|key)\./);
  });

  it('chains entries, so that a changed one is found', async () => {
    const { workspaceId } = database;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (let at = 0; at < 20; at += 1) {
        const subject = { kind: 'test', id: String(at) };
        await recordAudit(tx, { workspaceId, actor: { kind: 'system', id: null }, act: 'test.done', subject });
      }
    });
    await sealAll();
    const intact = (await get('/verification')).json;
    expect(intact).toMatchObject({ isIntact: true, brokenAt: null });
    expect(Number(intact['sealed'])).toBeGreaterThanOrEqual(20);

    const [, victim] = await items('?act=test.done&limit=5');
    const owner = api.owner;
    await sql`alter table audit_entry disable trigger audit_entry_is_kept`.execute(kysely(owner));
    await sql`update audit_entry set subject_id = 'forged' where id = ${victim?.['id']}`.execute(kysely(owner));
    await sql`alter table audit_entry enable trigger audit_entry_is_kept`.execute(kysely(owner));
    expect((await get('/verification')).json).toMatchObject({ isIntact: false, brokenAt: victim?.['id'] });
  });

  it('shows that its end was cut off: where it ended is noted outside of the database (security 15)', async () => {
    const workspaceId = await database.addWorkspace();
    const reader = await api.key(['audit:read'], workspaceId);
    const verify = async (query = ''): Promise<Record<string, unknown>> =>
      (await api.call({ url: `/v1/audit/verification${query}`, key: reader })).json;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (const id of ['1', '2', '3']) {
        const subject = { kind: 'test', id };
        await recordAudit(tx, { workspaceId, actor: { kind: 'system', id: null }, act: 'test.done', subject });
      }
    });
    await sealAll();
    const before = await verify();
    expect(before).toMatchObject({ isIntact: true, sealed: 3, anchored: 3 });
    const noted = `?sealed=3&head=${String(before['head'])}`;
    expect(await verify(noted)).toMatchObject({ isIntact: true });
    expect(await verify(`?sealed=3&head=${'0'.repeat(64)}`)).toMatchObject({ isIntact: false });
    expect(await verify('?sealed=3')).toMatchObject({ code: 'query.invalid' });

    const owner = kysely(api.owner);
    await sql`alter table audit_entry disable trigger user`.execute(owner);
    await sql`delete from audit_entry where workspace_id = ${workspaceId} and seq = 3`.execute(owner);
    await sql`alter table audit_entry enable trigger user`.execute(owner);
    expect(await verify()).toMatchObject({ isIntact: false, sealed: 2, anchored: 3, brokenAt: null });
    expect(await verify(noted)).toMatchObject({ isIntact: false });
  });

  it('is append-only: neither requests nor sweepers change or delete an entry', async () => {
    const change = (db: typeof database.app) =>
      inWorkspace(db, database.workspaceId, (tx) => sql`update audit_entry set act = 'x'`.execute(kysely(tx)));
    await expect(change(database.app)).rejects.toThrow(/permission denied/);
    await expect(change(database.system)).rejects.toThrow(/append-only/);
    await expect(sql`delete from audit_entry`.execute(kysely(database.system))).rejects.toThrow(/append-only/);
    await expect(sql`truncate audit_entry`.execute(kysely(api.owner))).rejects.toThrow(/append-only/);
  });

  it('is for administrators of its own workspace', async () => {
    expect((await api.call({ url: '/v1/audit', key: await api.key(['runs:read']) })).status).toBe(403);
    const foreign = await api.key(['audit:read'], await database.addWorkspace());
    expect((await api.call({ url: '/v1/audit', key: foreign })).json['items']).toEqual([]);
  });
});
