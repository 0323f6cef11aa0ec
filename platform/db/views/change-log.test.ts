import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { newId } from '../../ids.ts';
import { type LogPage, pruneChangeLog, readChanges } from './change-log.ts';
import { createRun } from '../runs/runs.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.stop());

/** The log from its beginning, once no transaction of another test holds a part of it back. */
function wholeLog(): Promise<LogPage> {
  return eventually('the whole log', async () => {
    const page = await readChanges(database.system, { after: { xid: 0n, seq: 0n }, limit: 10_000 });
    return page.state.heldMs === 0 && page;
  });
}

/** What the log has of `topic`, in its order. */
async function logged(topic: string): Promise<{ id: string; rev: number }[]> {
  const { changes } = await wholeLog();
  return changes.filter((change) => change.topic === topic).map(({ id, rev }) => ({ id, rev }));
}

function makeRun(): Promise<string> {
  const { workspaceId } = database;
  return inWorkspace(database.app, workspaceId, async (tx) => {
    const subjectId = newId();
    const run = { workspaceId, kind: 'batch' as const, title: 'Test', entryKey: subjectId, subjectId };
    return (await createRun(tx, run)).runId;
  });
}

test('an effect is announced once something is known of it, not while it is claimed', async () => {
  const { workspaceId } = database;
  const runId = await makeRun();
  const id = newId();
  await inWorkspace(database.app, workspaceId, async (tx) => {
    const place = { workspace_id: workspaceId, run_id: runId, step: 'mail', visit: 1, generation: 0 };
    await kysely(tx)
      .insertInto('effect')
      .values({ ...place, id, key: id, kind: 'email', mode: 'atMostOnce' })
      .execute();
    for (const state of ['claimed', 'handedOff', 'unknown', 'resolved']) {
      await kysely(tx)
        .updateTable('effect')
        .set({ state, rev: sql`rev + 1` })
        .where('id', '=', id)
        .execute();
    }
  });
  expect(await logged('effect')).toEqual([
    { id, rev: 4 },
    { id, rev: 5 },
  ]);
});

test('a document counts and announces what a list shows of it; its import and its beginning are no news', async () => {
  const { workspaceId } = database;
  const runId = await makeRun();
  const [batchId, id] = [newId(), newId()];
  await inWorkspace(database.app, workspaceId, async (tx) => {
    await sql`insert into batch (workspace_id, id, run_id, name, options, template, template_hash, rows_key, budget_micros)
      values (${workspaceId}, ${batchId}, ${runId}, 'Test', '{}', '{}', '', '', 1)`.execute(kysely(tx));
    await sql`insert into document (workspace_id, batch_id, ordinal, id, line, key, "values")
      values (${workspaceId}, ${batchId}, 1, ${id}, 2, 'a', '{}')`.execute(kysely(tx));
    await sql`update document set claim = 'one', generated = 'working' where id = ${id}`.execute(kysely(tx));
    await sql`update document set generated = 'done' where id = ${id}`.execute(kysely(tx));
    await sql`update document set decision = 'approve' where id = ${id}`.execute(kysely(tx));
    await sql`update document set rendered = 'working' where id = ${id}`.execute(kysely(tx));
    await sql`update document set rendered = 'done' where id = ${id}`.execute(kysely(tx));
  });
  expect(await logged('document')).toEqual([2, 3, 4].map((rev) => ({ id, rev })));
});

test('a contact that is erased is announced', async () => {
  const { workspaceId } = database;
  const id = newId();
  await inWorkspace(database.app, workspaceId, async (tx) => {
    await kysely(tx).insertInto('contact').values({ workspace_id: workspaceId, id, external_id: id }).execute();
    await kysely(tx).deleteFrom('contact').where('id', '=', id).execute();
  });
  expect(await logged('contact')).toEqual([
    { id, rev: 1 },
    { id, rev: 2 },
  ]);
});

test('pruning takes what is older than an hour and remembers up to where, though two do it at once', async () => {
  const { workspaceId } = database;
  await sql`insert into change_log (workspace_id, topic, id, rev, at)
    select ${workspaceId}::uuid, 'old', n::text, 1, now() - interval '61 minutes' from generate_series(1, 25000) n`.execute(
    kysely(database.system),
  );
  await sql`insert into change_log (workspace_id, topic, id, rev) values (${workspaceId}, 'young', '1', 1)`.execute(
    kysely(database.system),
  );
  await Promise.all([pruneChangeLog(database.system, 1), pruneChangeLog(database.system, 1)]);
  await pruneChangeLog(database.system, 1);
  expect(await logged('old')).toEqual([]);
  expect(await logged('young')).toHaveLength(1);
  const { state, changes } = await wholeLog();
  const young = changes.find((change) => change.topic === 'young');
  expect(state.pruned).toBeGreaterThan(0n);
  expect(state.pruned).toBeLessThan(young?.place.xid ?? 0n);
});
