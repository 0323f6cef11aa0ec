import { connect } from 'node:net';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { addressOf } from '../../../contracts/http/route.ts';
import { streamRoutes } from '../../../contracts/operations/stream.routes.ts';
import { topicRights } from '../../../contracts/operations/stream-api.schema.ts';
import { newId } from '../../../platform/ids.ts';
import { pruneChangeLog } from '../../../platform/db/views/change-log.ts';
import { createPool } from '../../../platform/db/core/connections.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { createDb, patience, type Db } from '../../../platform/db/core/pool.ts';
import { inTransaction, inWorkspace } from '../../../platform/db/core/workspace.ts';
import { hashToken } from '../../../platform/tokens.ts';
import { createTestApi, type TestApi } from '../../../test/support/api.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { type EventClient, openEvents, type Told } from '../../../test/support/event-source.ts';
import { type Proxy, startProxy } from '../../../test/support/proxy.ts';
import { ChangeFeed } from './change-feed.ts';
import { StreamLimits } from './stream-limits.ts';

let database: TestDatabase;
let proxy: Proxy;
let feedDb: Db;
let api: TestApi;
let base: string;
let limits: StreamLimits;
let key: string;
const clients: EventClient[] = [];
/** What this test has changed, and what those before it have. */
const made: string[] = [];
const earlier = new Set<unknown>();

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startProxy(database.config.DATABASE_URL);
  feedDb = createDb({ ...database.config, DATABASE_URL: proxy.url }, 'tl_system', 2);
  api = await createTestApi({ ...database, system: feedDb });
  await api.app.listen(0, '127.0.0.1');
  base = await api.app.getUrl();
  limits = api.app.get(StreamLimits);
  key = await api.key(['contacts:read', 'runs:read', 'gates:read']);
});

afterEach(async () => {
  for (const id of made.splice(0)) earlier.add(id);
  proxy.mend();
  Object.assign(limits, new StreamLimits());
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(async () => {
  await api.stop();
  await feedDb.destroy();
  await proxy.stop();
  await database.stop();
});

/** Opens a stream and waits until it stands: what is committed from now on must arrive. */
async function listen(
  options: { topics?: string; after?: string; lastEventId?: string; key?: string; cookie?: string } = {},
): Promise<EventClient> {
  const query = new URLSearchParams({
    ...(options.topics === undefined ? {} : { topics: options.topics }),
    ...(options.lastEventId === undefined ? {} : { lastEventId: options.lastEventId }),
  });
  const client = await openEvents(`${base}/v1/stream?${query.toString()}`, {
    ...(options.cookie ? { cookie: options.cookie } : { authorization: `Bearer ${options.key ?? key}` }),
    ...(options.after === undefined ? {} : { 'last-event-id': options.after }),
  });
  clients.push(client);
  if (client.status === 200) await client.until('the beginning', (told) => told.id !== null);
  return client;
}

async function change(topic = 'contact', workspaceId = database.workspaceId, id = newId(), rev = 1): Promise<string> {
  await inWorkspace(database.app, workspaceId, (tx) =>
    kysely(tx).insertInto('change_log').values({ workspace_id: workspaceId, topic, id, rev }).execute(),
  );
  made.push(id);
  return id;
}

/** What a client was sent of this test's changes; those of the test before may come to it as well, as the feed is a moment late. */
function received(client: EventClient): unknown[] {
  const ids = client.told.filter((told) => told.event === 'message').map((told) => told.data['id']);
  return ids.filter((id) => !earlier.has(id));
}

const of = (id: string) => (told: Told) => told.data['id'] === id;

describe('what is sent', () => {
  test('a change of a table, with its topic, id and rev, past every proxy', async () => {
    const client = await listen();
    expect(client.headers.get('content-type')).toContain('text/event-stream');
    expect(client.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(client.headers.get('x-accel-buffering')).toBe('no');
    const id = newId();
    await inWorkspace(database.app, database.workspaceId, async (tx) => {
      const contact = { workspace_id: database.workspaceId, id, external_id: id };
      await kysely(tx).insertInto('contact').values(contact).execute();
    });
    const told = await client.until('the contact', of(id));
    expect(told.data).toEqual({ topic: 'contact', id, rev: 1 });
    expect(told.id).toMatch(/^[0-9a-f]{12}\.\d+\.\d+$/);
  });

  test('only the own workspace, only the topics that were asked for, only what the caller may read', async () => {
    const other = await database.addWorkspace();
    const foreign = await listen({ key: await api.key(['contacts:read'], other) });
    const all = await listen();
    const gates = await listen({ topics: 'gate,effect' });
    const theirs = await change('contact', other);
    const effect = await change('effect');
    const contact = await change('contact');
    const gate = await change('gate');
    await all.until('the gate', of(gate));
    await gates.until('the gate', of(gate));
    await foreign.until('their contact', of(theirs));
    expect(received(all)).toEqual([contact, gate]);
    expect(received(gates)).toEqual([gate]);
    expect(received(foreign)).toEqual([theirs]);
    expect(effect).toBeDefined();
  });

  test('several changes of one thing as one, with the highest rev', async () => {
    const client = await listen();
    const id = newId();
    await inWorkspace(database.app, database.workspaceId, async (tx) => {
      for (const rev of [1, 3, 2]) {
        await kysely(tx)
          .insertInto('change_log')
          .values({ workspace_id: database.workspaceId, topic: 'run', id, rev })
          .execute();
      }
    });
    const last = await change();
    await client.until('what came after', of(last));
    expect(client.told.filter(of(id)).map((told) => told.data['rev'])).toEqual([3]);
  });

  test('every topic that a table announces is one that can be asked for', async () => {
    const { rows } = await sql<{ topic: string }>`
      select distinct convert_from(trim(trailing '\\000'::bytea from tgargs), 'utf8') as topic from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where p.proname in ('announce_change', 'announce_changes', 'announce_removal')`.execute(kysely(database.system));
    expect(rows.map((row) => row.topic).sort()).toEqual(Object.keys(topicRights).sort());
  });
});

describe('order', () => {
  test('a transaction that began first and commits last delays the others, and none is lost', async () => {
    limits.lagMs = 600;
    const client = await listen();
    const pool = createPool(database.config, 'tl_app', 1, patience.request);
    const slow = await pool.connect();
    const first = newId();
    try {
      await slow.query('begin');
      await slow.query("select set_config('app.workspace', $1, true)", [database.workspaceId]);
      await slow.query("insert into change_log (workspace_id, topic, id, rev) values ($1, 'contact', $2, 1)", [
        database.workspaceId,
        first,
      ]);
      const later = [await change(), await change()];
      // A client that comes now stands before all three, and so does its Last-Event-ID.
      const late = await listen();
      // The feed has polled, and found the two held back.
      await client.until('the lag', (told) => told.event === 'lag');
      expect(received(client)).toEqual([]);
      await slow.query('commit');
      for (const one of [client, late]) {
        await one.until('the last', of(later[1] ?? ''));
        expect(received(one)).toEqual([first, ...later]);
      }
    } finally {
      slow.release();
      await pool.end();
    }
  });

  test('200 changes of transactions that overlap all arrive, each once, while clients come and go', async () => {
    const steady = await listen();
    let visitor = await listen();
    const visited = new Set<unknown>();
    const made = new Set<string>();
    const writer = async (): Promise<void> => {
      for (let n = 0; n < 40; n += 1) {
        const id = newId();
        await inWorkspace(database.app, database.workspaceId, async (tx) => {
          const row = { workspace_id: database.workspaceId, topic: 'run', id, rev: 1 };
          await kysely(tx).insertInto('change_log').values(row).execute();
          await sql`select pg_sleep(${Math.random() * 0.03})`.execute(kysely(tx));
        });
        made.add(id);
      }
    };
    let isWriting = true;
    const writing = Promise.all([1, 2, 3, 4, 5].map(writer)).finally(() => (isWriting = false));
    while (isWriting) {
      await visitor.close();
      for (const id of received(visitor)) visited.add(id);
      visitor = await listen({ after: visitor.lastEventId() ?? '' });
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await writing;
    const last = await change();
    await steady.until('the last', of(last));
    await visitor.until('the last', of(last));
    for (const id of received(visitor)) visited.add(id);
    const ids = received(steady).slice(0, -1);
    expect(ids.length).toBe(200);
    expect(new Set(ids)).toEqual(made);
    expect([...made].filter((id) => !visited.has(id))).toEqual([]);
  });
});

describe('coming back', () => {
  test('behind the place that a session tells misses nothing since', async () => {
    const session = await api.call({ url: '/v1/session', key });
    const since = await change();
    const client = await listen({ lastEventId: String(session.json['lastEventId']) });
    await client.until('what came since', of(since));
    expect(client.told.some((told) => told.event === 'reset')).toBe(false);
  });

  test('tells what came meanwhile, by the header or by the query', async () => {
    const before = await listen();
    const seen = await change();
    await before.until('the first', of(seen));
    await before.close();
    const missed = [await change('run'), await change('contact'), await change('effect')];
    const place = before.lastEventId() ?? '';
    for (const back of [await listen({ after: place }), await listen({ lastEventId: place })]) {
      await back.until('what was missed', of(missed[1] ?? ''));
      const live = await change();
      await back.until('what comes now', of(live));
      expect(received(back).slice(0, 2)).toEqual(missed.slice(0, 2));
      expect(received(back)).not.toContain(missed[2]);
      expect(back.told.some((told) => told.event === 'reset')).toBe(false);
    }
  });

  test.each([
    ['of another epoch', (id: string) => id.replace(/^[0-9a-f]+/, '0123456789ab')],
    ['of the future', (id: string) => id.replace(/\.\d+\./, '.99999999999.')],
    ['that is none', () => 'nonsense'],
  ])('an id %s begins with a reset', async (_, broken) => {
    const first = await listen();
    const back = await listen({ after: broken(first.lastEventId() ?? '') });
    const told = await back.until('the reset', (one) => one.event === 'reset');
    const id = await change();
    await back.until('what comes now', of(id));
    expect(told.id?.split('.')[0]).toBe(first.lastEventId()?.split('.')[0]);
  });

  test('an empty id, of a client that knows of no change, stays in the address and begins with a reset', async () => {
    expect(addressOf(streamRoutes.stream, { query: { lastEventId: '' } })).toBe('/v1/stream?lastEventId=');
    const client = await listen({ lastEventId: '' });
    await client.until('the reset', (one) => one.event === 'reset');
    await client.until('what comes now', of(await change()));
    // Without an id there is nothing that it could have missed.
    expect((await listen()).told.some((told) => told.event === 'reset')).toBe(false);
  });

  test('an id older than what is kept begins with a reset; a kept one does not, though all was pruned', async () => {
    const first = await listen();
    const id = await change();
    await first.until('the change', of(id));
    const old = first.told.find(of(id))?.id ?? '';
    await sql`update change_log set at = now() - interval '61 minutes'`.execute(kysely(database.system));
    await pruneChangeLog(database.system, 1);
    const { rows } = await sql`select 1 from change_log`.execute(kysely(database.system));
    expect(rows).toEqual([]);
    const tooOld = await listen({ after: old });
    await tooOld.until('the reset', (one) => one.event === 'reset');
    const settled = await listen({ after: (await listen()).lastEventId() ?? '' });
    await settled.until('what comes now', of(await change()));
    expect(settled.told.some((told) => told.event === 'reset')).toBe(false);
  });

  test('what was missed may be more than a client may leave unread', async () => {
    const first = await listen();
    await first.close();
    limits.bufferedBytes = 1_000;
    const missed = await Promise.all(Array.from({ length: 60 }, () => change()));
    const back = await listen({ after: first.lastEventId() ?? '' });
    for (const id of missed) await back.until('what was missed', of(id));
    const live = await change();
    await back.until('what comes now', of(live));
    expect(new Set(received(back))).toEqual(new Set([...missed, live]));
  });

  test('a client that missed more than is sent again reads its lists again', async () => {
    const first = await listen();
    await first.close();
    limits.replayedChanges = 3;
    const steady = await listen();
    for (let n = 0; n < 3; n += 1) await change();
    await steady.until('the last', of(await change()));
    const back = await listen({ after: first.lastEventId() ?? '' });
    await back.until('the reset', (one) => one.event === 'reset');
    expect(received(back)).toEqual([]);
  });
});

describe('staying connected', () => {
  test('a heartbeat carries the place, so an idle client comes back to where it was', async () => {
    limits.heartbeatMs = 50;
    const client = await listen({ topics: 'gate' });
    const start = client.lastEventId();
    await change('contact');
    await client.until('a heartbeat that has moved on', (told) => told.event === 'comment' && told.id !== start);
    expect(received(client)).toEqual([]);
  });

  test('an outage of Postgres delays changes, says so, and loses none', async () => {
    limits.heartbeatMs = 50;
    limits.lagMs = 400;
    const client = await listen();
    proxy.cut();
    const during = [await change(), await change()];
    const lag = await client.until('the lag', (told) => told.event === 'lag');
    expect(lag.data['lagMs']).toBeGreaterThan(400);
    proxy.mend();
    const after = await change();
    await client.until('what came after', of(after));
    expect(received(client)).toEqual([...during, after]);
    await client.until('the end of the lag', (told) => told.event === 'lag' && told.data['lagMs'] === 0);
    expect(client.told.some((told) => told.event === 'reset')).toBe(false);
  });

  test('an open transaction that holds changes back is sent as lag', async () => {
    limits.lagMs = 300;
    const client = await listen();
    await inTransaction(database.app, async (tx) => {
      await sql`select pg_current_xact_id()`.execute(kysely(tx));
      await change();
      await client.until('the lag', (told) => told.event === 'lag' && Number(told.data['lagMs']) > 300);
    });
    const lags = client.told.filter((told) => told.event === 'lag');
    await client.until('the end of the lag', (told) => told.event === 'lag' && told.data['lagMs'] === 0);
    expect(lags.length).toBeGreaterThan(0);
    expect(received(client)).toHaveLength(1);
  });

  test('a client that does not read is dropped once its buffer is full', async () => {
    limits.perPrincipal = 1;
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.write(`GET /v1/stream HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    expect((await listen()).status).toBe(429);
    await eventually('room, as the slow client is dropped', async () => {
      const { workspaceId } = database;
      await inWorkspace(database.app, workspaceId, (tx) =>
        sql`insert into change_log (workspace_id, topic, id, rev)
          select ${workspaceId}::uuid, 'contact', repeat('x', 2000) || n, 1 from generate_series(1, 400) n`.execute(
          kysely(tx),
        ),
      );
      return (await listen()).status === 200;
    });
    socket.resume();
    await closed;
  });
});

/** Holds a table while `work` goes on, so that whatever reads it waits. */
const whileLocked = (table: string, work: () => Promise<void>): Promise<void> =>
  inTransaction(api.owner, async (tx) => {
    await sql`lock table ${sql.table(table)} in access exclusive mode`.execute(kysely(tx));
    await work();
  });

describe('stopping', () => {
  test('what is under way is answered, while streams end (nestjs/nest #11416)', async () => {
    const stopping = await createTestApi(database);
    await stopping.app.listen(0, '127.0.0.1');
    const url = await stopping.app.getUrl();
    const headers = { authorization: `Bearer ${await stopping.key(['contacts:read'])}` };
    const stream = await openEvents(`${url}/v1/stream`, headers);
    await stream.until('the beginning', (told) => told.id !== null);
    const answers: Promise<Response>[] = [];
    const stops: Promise<void>[] = [];
    await whileLocked('contact', async () => {
      answers.push(fetch(`${url}/v1/contacts`, { headers }));
      await eventually('a request that waits', async () => {
        const { rows } = await sql`select 1 from pg_locks where not granted`.execute(kysely(database.system));
        return rows.length > 0;
      });
      stops.push(stopping.stop());
      await stream.ended();
    });
    const [answer] = await Promise.all(answers);
    // On a busy machine the lock is held for longer than a request waits for it.
    expect([200, 503]).toContain(answer?.status);
    expect(answer?.headers.get('connection')).toBe('close');
    await Promise.all(stops);
  });
});

describe('who may listen', () => {
  /** The first stream with this key that is not refused. */
  const again = (own: string): Promise<EventClient> =>
    eventually('a stream again', async () => {
      const client = await listen({ key: own });
      return client.status === 200 && client;
    });

  test('nobody without a key, none without a right, no topic that there is not', async () => {
    const unknown = await openEvents(`${base}/v1/stream`, {});
    expect(unknown.status).toBe(401);
    expect((await listen({ key: await api.key(['events:write']) })).status).toBe(403);
    expect((await listen({ topics: 'effect' })).status).toBe(403);
    const answer = await api.call({ url: '/v1/stream?topics=contact,nonsense', key });
    expect([answer.status, answer.json['code']]).toEqual([422, 'stream.topicUnknown']);
    expect((await api.call({ method: 'HEAD', url: '/v1/stream', key })).status).toBe(200);
  });

  test('signing out and revoking end a stream at once, without waiting for the next look (security 17)', async () => {
    limits.recheckMs = 3_600_000;
    const member = await api.member(['admin']);
    const body = { name: 'passing', scopes: ['contacts:read'] };
    const made = await api.call({ method: 'POST', url: '/v1/api-keys', cookie: member.cookie, body });
    const byKey = await listen({ key: String(made.json['secret']) });
    const bySession = await listen({ cookie: member.cookie });
    const revoke = { method: 'DELETE', url: `/v1/api-keys/${String(made.json['id'])}` } as const;
    expect((await api.call({ ...revoke, cookie: member.cookie })).status).toBe(200);
    await byKey.ended();
    const signOut = { method: 'DELETE', url: '/v1/session', cookie: member.cookie } as const;
    expect((await api.call(signOut)).status).toBe(204);
    await bySession.ended();
  });

  test('a revoked key and a session that ended close their streams', async () => {
    limits.recheckMs = 100;
    const passing = await api.key(['contacts:read']);
    const member = await api.member(['viewer']);
    const byKey = await listen({ key: passing });
    const bySession = await listen({ cookie: member.cookie });
    const staying = await listen({ topics: 'gate' });
    await kysely(database.system)
      .updateTable('api_key')
      .set({ revoked_at: new Date() })
      .where('key_hash', '=', hashToken(passing))
      .execute();
    await kysely(database.system).deleteFrom('session').where('member_id', '=', member.memberId).execute();
    await byKey.ended();
    await bySession.ended();
    const id = await change('gate');
    await staying.until('what comes now', of(id));
    expect(received(staying)).toEqual([id]);
  });

  test('not too many for one caller, and one that closes makes room', async () => {
    limits.perPrincipal = 2;
    const first = await listen();
    await listen();
    expect((await listen()).status).toBe(429);
    expect((await listen({ key: await api.key(['contacts:read']) })).status).toBe(200);
    await first.close();
    await eventually('room for one more', async () => (await listen()).status === 200);
  });

  test('one that cannot begin takes no room for the next (Premshaw23/Learnova#1328)', async () => {
    limits.perPrincipal = 1;
    const own = await api.key(['contacts:read']);
    proxy.cut();
    // While the feed of the test before goes to sleep, a stream may still begin, and keep its place until its end is seen.
    for (let status = 200; status === 200 || status === 429;) {
      const client = await listen({ key: own });
      ({ status } = client);
      await client.close();
    }
    proxy.mend();
    expect((await again(own)).status).toBe(200);
  });

  test('a client that goes before its stream begins takes no room for the next (stemdeckapp/stemdeck#513)', async () => {
    limits.perPrincipal = 1;
    const own = await api.key(['contacts:read']);
    const feed = api.app.get(ChangeFeed);
    const add = feed.add.bind(feed);
    const [isAsked, mayBegin] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = vi.spyOn(feed, 'add').mockImplementation(async (...given) => {
      isAsked.resolve();
      await mayBegin.promise;
      await add(...given);
    });
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.write(`GET /v1/stream HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${own}\r\n\r\n`);
    await isAsked.promise;
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    slow.mockRestore();
    mayBegin.resolve();
    expect((await again(own)).status).toBe(200);
  });

  test('streams end in good order when the API stops', async () => {
    const other = await createTestApi(database);
    await other.app.listen(0, '127.0.0.1');
    const client = await openEvents(`${await other.app.getUrl()}/v1/stream`, { authorization: `Bearer ${key}` });
    await client.until('the beginning', (told) => told.id !== null);
    await other.stop();
    await expect(client.ended(1_000)).resolves.toBeUndefined();
  });
});
