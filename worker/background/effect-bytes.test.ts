import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newId } from '../../platform/ids.ts';
import { createFileStore, type ObjectStore } from '../../platform/objects/file-store.ts';
import { retentionOf, retentionShape } from '../../platform/retention.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { endAbandonedEffects } from '../../platform/db/runs/reopen-run.ts';
import { keepEffectBytes } from './tasks.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

const retention = retentionOf(z.object(retentionShape).parse({}));

describe('the bytes of effects', () => {
  const home = mkdtempSync(join(tmpdir(), 'tl-bytes-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const { database, api } = useTestApi({ THROUGHLINE_HOME: home });
  let objects: ObjectStore;
  let key: string;
  beforeAll(async () => {
    objects = createFileStore(join(home, 'objects'));
    key = await api.key(['runs:read', 'effects:resolve', 'contacts:write', 'contacts:erase', 'system:read']);
  });
  beforeEach(async () => {
    // What a test before left is over by now, so that each counts its own objects.
    await sql`update effect set state = 'done', settled_at = '-infinity'`.execute(kysely(database.system));
    await keep();
    expect(await stored()).toEqual([]);
  });

  type Mail = { state: string; ago: string; bytes: string; runId?: string; request?: object };
  async function addMail(mail: Partial<Mail> = {}): Promise<{ id: string; runId: string }> {
    const { state = 'done', ago = '1 day', bytes = `Subject: Hello ${newId()}`, request = {} } = mail;
    const { workspaceId, system } = database;
    const { runId } = mail.runId === undefined ? await startToyRun(database) : { runId: mail.runId };
    const id = newId();
    await sql`
      insert into effect (workspace_id, id, key, run_id, step, visit, generation, kind, mode, state, frozen, request, settled_at)
      values (${workspaceId}, ${id}, ${id}, ${runId}, 'hello', 1, 0, 'email', 'atMostOnce', ${state}, ${Buffer.from(bytes)},
        ${JSON.stringify(request)}, now() - ${ago}::interval)`.execute(kysely(system));
    await sql`
      insert into step (workspace_id, run_id, step, visit, generation, kind, title, status)
      values (${workspaceId}, ${runId}, 'hello', 1, 0, 'email', 'Say hello', 'done') on conflict do nothing`.execute(
      kysely(system),
    );
    return { id, runId };
  }

  /** Passes until nothing is left to do. */
  async function keep(store = objects): Promise<void> {
    while ((await keepEffectBytes({ db: database.system, retention, objects: store })) > 0);
  }
  const age = (id: string, ago: string): Promise<unknown> =>
    sql`update effect set settled_at = now() - ${ago}::interval where id = ${id}`.execute(kysely(database.system));
  const rowOf = (id: string) =>
    kysely(database.system)
      .selectFrom('effect')
      .select(['frozen', 'frozen_size', 'frozen_hash', 'frozen_key'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const stored = (): Promise<string[]> =>
    readdir(join(home, 'objects', database.workspaceId, 'effects')).catch(() => []);
  const download = (id: string) => api.call({ url: `/v1/effects/${id}/message`, key });
  async function shown(runId: string): Promise<unknown> {
    const { json } = await api.call({ url: `/v1/runs/${runId}/steps`, key });
    return (json['items'] as { effects: { message: unknown }[] }[])[0]?.effects.map(({ message }) => message);
  }

  it('move to the object store when the effect is over, and the run’s page still has them', async () => {
    const { id, runId } = await addMail({ bytes: 'Subject: Hello' });
    await keep();
    const hash = createHash('sha256').update('Subject: Hello').digest('hex');
    const moved = {
      frozen: null,
      frozen_size: '14',
      frozen_hash: hash,
      frozen_key: `${database.workspaceId}/effects/${hash}`,
    };
    expect(await rowOf(id)).toEqual(moved);
    expect(await stored()).toEqual([hash]);
    expect(await shown(runId)).toEqual([{ sizeBytes: 14, isKept: true }]);
    expect(await download(id)).toMatchObject({ status: 200, text: 'Subject: Hello' });
  });

  it('are unavailable as long as the store is, and not gone', async () => {
    const { id } = await addMail({ bytes: 'Subject: Wait' });
    await keep();
    const folder = join(home, 'objects');
    renameSync(folder, `${folder}-elsewhere`);
    writeFileSync(folder, 'no folder');
    expect(await download(id)).toMatchObject({ status: 503, json: { code: 'storage.unavailable' } });
    rmSync(folder);
    renameSync(`${folder}-elsewhere`, folder);
    expect(await download(id)).toMatchObject({ status: 200, text: 'Subject: Wait' });
  });

  it('go after 90 days; size and hash stay, and the page says that they are gone', async () => {
    const { id, runId } = await addMail({ bytes: 'Subject: Old' });
    await keep();
    await age(id, '91 days');
    await keep();
    expect(await stored()).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ frozen_size: '12', frozen_hash: expect.any(String), frozen_key: null });
    expect(await shown(runId)).toEqual([{ sizeBytes: 12, isKept: false }]);
    expect(await download(id)).toMatchObject({ status: 410, json: { code: 'message.deleted' } });
  });

  it('stay in the row while nobody knows how the effect ended, however old, and move once a person has settled it', async () => {
    const { id } = await addMail({ state: 'unknown', ago: '1 year', bytes: 'Subject: Lost' });
    await keep();
    expect(await download(id)).toMatchObject({ status: 200, text: 'Subject: Lost' });
    await age(id, '1 day');
    const body = { happened: true, reason: 'The mail server has it' };
    expect((await api.call({ method: 'POST', url: `/v1/effects/${id}/resolutions`, key, body })).status).toBe(200);
    await keep();
    expect(await rowOf(id)).toMatchObject({ frozen: null, frozen_size: '13' });
    expect(await download(id)).toMatchObject({ status: 200, text: 'Subject: Lost' });
  });

  it('go on their way where the run has ended and the worker is gone, unless the run can be taken up again', async () => {
    const endedAgo = (id: string, status: string, ago: string): Promise<unknown> =>
      sql`update run set status = ${status}, ended_at = now() - ${ago}::interval where id = ${id}`.execute(
        kysely(database.system),
      );
    const claimed = await addMail({ state: 'claimed' });
    const sent = await addMail({ state: 'handedOff', runId: claimed.runId });
    const failed = await addMail({ state: 'claimed' });
    const fresh = await addMail({ state: 'claimed' });
    await endedAgo(claimed.runId, 'terminated', '16 minutes');
    await endedAgo(failed.runId, 'failed', '16 minutes');
    await endedAgo(fresh.runId, 'terminated', '14 minutes');
    while ((await endAbandonedEffects(database.system)) > 0);
    const states = await Promise.all(
      [claimed, sent, failed, fresh].map(({ id }) =>
        kysely(database.system).selectFrom('effect').select('state').where('id', '=', id).executeTakeFirstOrThrow(),
      ),
    );
    expect(states.map(({ state }) => state)).toEqual(['suppressed', 'unknown', 'claimed', 'claimed']);
    await keep();
    expect(await rowOf(claimed.id)).toMatchObject({ frozen: null, frozen_key: expect.any(String) });
    expect(await download(sent.id)).toMatchObject({ status: 200 });
  });

  it('are one object for two effects with the same, which stays until both are over', async () => {
    const [one, other] = [await addMail({ bytes: 'same' }), await addMail({ bytes: 'same' })];
    await keep();
    expect(await stored()).toHaveLength(1);
    await age(one.id, '91 days');
    await keep();
    expect(await stored()).toHaveLength(1);
    expect(await download(other.id)).toMatchObject({ status: 200, text: 'same' });
    await age(other.id, '91 days');
    await keep();
    expect(await stored()).toEqual([]);
    expect(await kysely(database.system).selectFrom('effect_object').selectAll().execute()).toEqual([]);
  });

  it('go with the contact that they were for', async () => {
    const { runId, contactId } = await startToyRun(database);
    const [kept, mine] = [await addMail(), await addMail({ runId })];
    const waiting = await addMail({ runId, state: 'unknown' });
    await keep();
    expect((await api.call({ method: 'DELETE', url: `/v1/contacts/${contactId}`, key })).status).toBe(204);
    await keep();
    const nothing = { frozen: null, frozen_size: null, frozen_hash: null, frozen_key: null };
    expect(await rowOf(mine.id)).toEqual(nothing);
    expect(await rowOf(waiting.id)).toEqual(nothing);
    expect(await stored()).toEqual([(await rowOf(kept.id)).frozen_hash]);
    expect((await download(mine.id)).status).toBe(404);
  });

  it('are lost by no crash, and leave no object that erasure would not find', async () => {
    const { runId, contactId } = await startToyRun(database);
    const { id } = await addMail({ runId, bytes: 'twice' });
    const crashing: ObjectStore = {
      ...objects,
      async put(name, content) {
        await objects.put(name, content);
        throw new Error('the worker dies here');
      },
    };
    await expect(keep(crashing)).rejects.toThrow('dies here');
    expect(await rowOf(id)).toMatchObject({ frozen: Buffer.from('twice'), frozen_key: null });
    expect(await stored()).toHaveLength(1);
    await api.call({ method: 'DELETE', url: `/v1/contacts/${contactId}`, key });
    await keep();
    expect(await stored()).toEqual([]);
    expect(await kysely(database.system).selectFrom('effect_object').selectAll().execute()).toEqual([]);
  });

  it('that are being written when the contact is erased go once the writing is surely over', async () => {
    const { runId, contactId } = await startToyRun(database);
    await addMail({ runId });
    const [isWriting, mayWrite] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: ObjectStore = {
      ...objects,
      async put(name, content) {
        isWriting.resolve();
        await mayWrite.promise;
        await objects.put(name, content);
      },
    };
    const writing = keep(slow);
    await isWriting.promise;
    await api.call({ method: 'DELETE', url: `/v1/contacts/${contactId}`, key });
    await keep();
    mayWrite.resolve();
    await writing;
    expect(await stored()).toHaveLength(1);
    await sql`update effect_object set check_at = check_at - interval '2 minutes'`.execute(kysely(database.system));
    await keep();
    expect(await stored()).toEqual([]);
  });

  it.each(['put', 'delete'] as const)('hold no connection while the store takes its time (%s)', async (name) => {
    const { id } = await addMail();
    if (name === 'delete') {
      await keep();
      await age(id, '91 days');
    }
    const [isCalled, mayGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      isCalled.resolve();
      await mayGo.promise;
      return work();
    };
    const slow: ObjectStore = {
      ...objects,
      put: (at, content) => call(() => objects.put(at, content)),
      delete: (at) => call(() => objects.delete(at)),
    };
    const pass = keep(slow);
    await isCalled.promise;
    const { rows } =
      await sql`select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`.execute(
        kysely(database.system),
      );
    expect(rows).toEqual([]);
    mayGo.resolve();
    await pass;
    expect(await stored()).toHaveLength(name === 'put' ? 1 : 0);
  });

  it('of an erased contact go also while the store takes no more', async () => {
    const { runId, contactId } = await startToyRun(database);
    await addMail({ runId });
    await keep();
    await api.call({ method: 'DELETE', url: `/v1/contacts/${contactId}`, key });
    await addMail();
    const full: ObjectStore = { ...objects, put: () => Promise.reject(new Error('no space left on device')) };
    await expect(keep(full)).rejects.toThrow('no space left');
    expect(await stored()).toEqual([]);
    await keep();
    expect(await stored()).toHaveLength(1);
  });

  it('are there for an effect that comes to the same bytes while their object is being deleted', async () => {
    const gone = await addMail({ bytes: 'again' });
    await keep();
    await age(gone.id, '91 days');
    const [isDeleting, mayDelete] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: ObjectStore = {
      ...objects,
      async delete(name) {
        isDeleting.resolve();
        await mayDelete.promise;
        await objects.delete(name);
      },
    };
    const deleting = keep(slow);
    await isDeleting.promise;
    const { id } = await addMail({ bytes: 'again' });
    await keep();
    expect(await rowOf(id)).toMatchObject({ frozen: Buffer.from('again') });
    mayDelete.resolve();
    await deleting;
    await keep();
    expect(await stored()).toEqual([(await rowOf(id)).frozen_hash]);
    expect(await download(id)).toMatchObject({ status: 200, text: 'again' });
  });

  it('are given to no effect by code of before while their object is being deleted', async () => {
    const { id } = await addMail();
    await keep();
    await age(id, '91 days');
    await expect(keep({ ...objects, delete: () => Promise.reject(new Error('EACCES')) })).rejects.toThrow('EACCES');
    const adopt = sql`update effect_object set check_at = null`.execute(kysely(database.system));
    await expect(adopt).rejects.toThrow('effect_object_goes');
    await sql`update effect_object set check_at = now()`.execute(kysely(database.system));
    await keep();
    expect(await stored()).toEqual([]);
  });

  it('of what is over make room on a full disk, where nothing can be written (n8n-io/n8n#21042)', async () => {
    const { id } = await addMail();
    await keep();
    await age(id, '91 days');
    const next = await addMail();
    const full: ObjectStore = { ...objects, put: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
    await expect(keep(full)).rejects.toThrow('ENOSPC');
    expect(await stored()).toEqual([]);
    await keep();
    expect(await stored()).toEqual([(await rowOf(next.id)).frozen_hash]);
  });

  it('that cannot be deleted hold up no others, and are tried again (camunda/camunda#63103)', async () => {
    const [bad, good] = [await addMail(), await addMail()];
    await keep();
    const { frozen_key: stuck } = await rowOf(bad.id);
    await age(bad.id, '92 days');
    await age(good.id, '91 days');
    const next = await addMail();
    const sick: ObjectStore = {
      ...objects,
      delete: (name) => (name === stuck ? Promise.reject(new Error('EACCES')) : objects.delete(name)),
    };
    await expect(keep(sick)).rejects.toThrow('EACCES');
    await keep(sick);
    expect(new Set(await stored())).toEqual(
      new Set([(await rowOf(bad.id)).frozen_hash, (await rowOf(next.id)).frozen_hash]),
    );
    await sql`update effect_object set check_at = check_at - interval '1 hour'`.execute(kysely(database.system));
    await keep();
    expect(await stored()).toEqual([(await rowOf(next.id)).frozen_hash]);
  });

  it('of a mail with a member’s own link to decide are shown to nobody', async () => {
    const { id, runId } = await addMail({ request: { gate: newId(), member: newId() } });
    expect(await shown(runId)).toEqual([null]);
    expect(await download(id)).toMatchObject({ status: 403, json: { code: 'effect.personal' } });
    await keep();
    expect((await download(id)).status).toBe(403);
  });

  it('are counted for their workspace alone, beside turns and events', async () => {
    await sql`delete from run_turn`.execute(kysely(database.system));
    const storage = async (own: string): Promise<unknown> =>
      (await api.call({ url: '/v1/system/storage', key: own })).json['parts'];
    const foreign = await api.key(['system:read'], await database.addWorkspace());
    const { runId } = await addMail({ bytes: 'moved' });
    await keep();
    await addMail({ runId, state: 'unknown', bytes: 'held' });
    await sql`insert into run_turn (workspace_id, run_id, turn, generation, state) values (${database.workspaceId}, ${runId}, 1, 0, '{}')`.execute(
      kysely(database.system),
    );
    expect(await storage(key)).toEqual([
      { part: 'mailsInDatabase', count: 1, bytes: 4, isEstimated: false },
      { part: 'mailsInStore', count: 1, bytes: 5, isEstimated: false },
      { part: 'turns', count: 1, bytes: expect.any(Number), isEstimated: true },
      { part: 'events', count: 0, bytes: 0, isEstimated: true },
    ]);
    expect(await storage(foreign)).toMatchObject([{ count: 0 }, { count: 0 }, { count: 0 }, { count: 0 }]);
    expect((await api.call({ url: '/v1/system/storage', key: await api.key(['runs:read']) })).status).toBe(403);
  });
});
