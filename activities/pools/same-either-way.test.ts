import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action } from '../../contracts/core/actions.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import { dropBatches } from '../../platform/db/pools/batches.ts';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import { createRuns, enqueueMessage } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import { createClockedDatabase, type ClockedDatabase } from '../../test/model/clock.ts';
import { createFailingDb, type FailingDb } from '../../test/support/failing-db.ts';
import { leftInPools, nextBatch } from '../../test/support/pools.ts';
import { propertyRuns, unlimited } from '../../test/support/properties.ts';
import { everyKind, toyKind, type ToyAct } from '../../test/support/toy-kind.ts';
import { createEngineActivities } from '../engine/advance-run.ts';
import type { RunKind } from '../engine/run-kind.ts';
import { runBatch } from './run-batch.ts';

/** What happens between two times at which all runs are served. */
type Moment =
  | { kind: 'hello' | 'exit' | 'answer' | 'fail' | 'decide'; run: number }
  | { kind: 'rewind'; run: number; turn: number }
  | { kind: 'event'; run: number; name: string }
  | { kind: 'time'; ms: number };

/** How a batch of the pool goes: the runs it may have, the statement at which Postgres is lost, the run that another holds. */
type Way = { limit: number; lostAt: number | null; held: number | null };

const acts = fc.oneof(
  fc.constant<ToyAct>({ kind: 'action', activity: 'updateContact' }),
  fc.constant<ToyAct>({ kind: 'action', activity: 'upsertCrm' }),
  fc.integer({ min: 1, max: 50 }).map((ms): ToyAct => ({ kind: 'delay', ms })),
  fc.constant<ToyAct>({ kind: 'wait', event: 'Login' }),
  fc.constant<ToyAct>({ kind: 'wait', event: 'Bought', ms: 40 }),
  fc.constant<ToyAct>({ kind: 'gate', ms: 60, onTimeout: 'no' }),
);
const run = fc.nat({ max: 9 });
const moments = fc.oneof(
  fc.record({ kind: fc.constantFrom('hello', 'answer', 'answer', 'answer', 'fail', 'decide', 'exit'), run }),
  fc.record({ kind: fc.constant('rewind'), run, turn: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('event'), run, name: fc.constantFrom('Login', 'Bought', 'Closed') }),
  fc.record({ kind: fc.constant('time'), ms: fc.integer({ min: 1, max: 70 }) }),
) as fc.Arbitrary<Moment>;
const ways = fc.record<Way>({
  limit: fc.integer({ min: 1, max: 8 }),
  lostAt: fc.option(fc.integer({ min: 1, max: 25 }), { freq: 3 }),
  held: fc.option(run, { freq: 3 }),
});
const stories = fc.record({
  scripts: fc.array(fc.array(acts, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
  parts: fc.array(fc.array(moments, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }),
  ways: fc.array(ways, { minLength: 1, maxLength: 12 }),
});

/** Runs of the same scripts in a workspace of their own, and how all of them are served. */
type Side = { workspaceId: string; runIds: string[]; contactIds: string[]; serve(): Promise<void> };

const start = Date.parse('2099-02-02T10:00:00.000Z');
let database: ClockedDatabase;
let failing: FailingDb;
beforeAll(async () => {
  database = await createClockedDatabase();
  failing = createFailingDb(database);
});
afterAll(async () => {
  await failing?.stop();
  await database?.stop();
});

it('a set of runs ends the same, by pools or one by one, whatever is cut off, held or lost', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async ({ scripts, parts, ways: drawn }) => {
      await database.setClock(start);
      const kind: RunKind = {
        load: (tx, row, facts) => toyKind(scripts[Number(row.title)] ?? [], 'Closed').load(tx, row, facts),
      };
      const alone = await createSide(scripts.length, 'dedicated', (side) => serveAlone(side, kind));
      const waysLeft = [...drawn];
      const pooled = await createSide(scripts.length, 'pooled', (side) => servePooled(side, kind, waysLeft));
      const sides = [alone, pooled];
      let now = start;
      for (const side of sides) await side.serve();
      for (const [at, part] of parts.entries()) {
        for (const [nth, moment] of part.entries()) {
          if (moment.kind === 'time') await database.setClock((now += moment.ms));
          else for (const side of sides) await happen(side, moment, `${at}.${nth}`);
        }
        for (const side of sides) await side.serve();
        expect(await everything(pooled)).toEqual(await everything(alone));
      }
      const { rows } = await sql<{ open: Action[]; isLive: boolean }>`
        select open, ended_at is null as "isLive" from run where workspace_id = ${pooled.workspaceId}`.execute(
        kysely(database.system),
      );
      const actions = rows.flatMap(({ open, isLive }) => (isLive ? open : [])).length;
      const left = { ready: 0, actions, batches: 0, faults: 0, unread: 0 };
      expect(await leftInPools(database, pooled.workspaceId)).toEqual(left);
    }),
    { numRuns: Math.ceil(propertyRuns / 10) },
  );
});

async function createSide(count: number, execution: Execution, serve: (side: Side) => Promise<void>): Promise<Side> {
  const workspaceId = await database.addWorkspace();
  const contactIds = Array.from({ length: count }, () => newId());
  const made = await inWorkspace(database.app, workspaceId, async (tx) => {
    for (const [index, id] of contactIds.entries())
      await kysely(tx)
        .insertInto('contact')
        .values({ workspace_id: workspaceId, id, external_id: `${index}` })
        .execute();
    const of = { workspaceId, kind: 'journey', execution } as const;
    return createRuns(
      tx,
      contactIds.map((id, index) => ({ ...of, title: `${index}`, entryKey: id, subjectId: id, contactId: id })),
    );
  });
  const side: Side = { workspaceId, contactIds, runIds: made.map(({ runId }) => runId), serve: () => serve(side) };
  return side;
}

/** What happens in one of the two workspaces, as it stands there. */
async function happen(side: Side, moment: Exclude<Moment, { kind: 'time' }>, ref: string): Promise<void> {
  const { workspaceId, runIds } = side;
  const index = moment.run % runIds.length;
  const runId = runIds[index] ?? '';
  await inWorkspace(database.app, workspaceId, async (tx) => {
    const row = await kysely(tx).selectFrom('run').selectAll().where('id', '=', runId).executeTakeFirstOrThrow();
    const send = (kind: string, own: string, payload = {}): Promise<unknown> =>
      enqueueMessage(tx, { workspaceId, runId, kind, ref: own, payload });
    if (moment.kind === 'event') return takeIn(tx, side, { name: moment.name, contact: `${index}`, id: ref });
    // An ended run is sent nothing.
    if (row.ended_at !== null) return;
    const [open] = row.open as Action[];
    if (moment.kind === 'hello' || moment.kind === 'exit') await send(moment.kind, ref);
    else if (moment.kind === 'rewind') await send('rewind', ref, { turn: Math.min(moment.turn, row.turn) });
    else if (moment.kind === 'decide') {
      const gate = await kysely(tx)
        .selectFrom('gate')
        .selectAll()
        .where('run_id', '=', runId)
        .where('status', '=', 'open')
        .executeTakeFirst();
      if (!gate) return;
      const { step, visit, round } = gate;
      await send('gate', ref, { step, visit, round, generation: row.generation, outcome: 'yes' });
    } else if (open)
      await send(moment.kind === 'answer' ? 'performed' : 'failed', `${row.generation}/${open.id}`, { type: 'x' });
  });
}

async function takeIn(
  tx: Tx,
  { workspaceId }: Side,
  event: { id: string; name: string; contact: string },
): Promise<void> {
  const occurredAt = new Date(start).toISOString();
  await takeInEvents(tx, workspaceId, [{ ...event, key: null, occurredAt, properties: {} }]);
}

async function serveAlone({ workspaceId }: Side, kind: RunKind): Promise<void> {
  const engine = createEngineActivities({ db: database.app, kinds: everyKind(kind) });
  for (;;) {
    const { rows } = await sql<{ id: string; turn: number }>`
      select id, turn from run where workspace_id = ${workspaceId} and ended_at is null and (turn = 0 or next_due_at <= now() or exists (
        select from run_inbox i where i.workspace_id = run.workspace_id and i.run_id = run.id and consumed_turn is null))`.execute(
      kysely(database.system),
    );
    if (rows.length === 0) return;
    for (const { id, turn } of rows)
      await engine.advanceRun({ workspaceId, runId: id, turn: turn + 1, at: 0, failures: [] });
  }
}

async function servePooled(side: Side, kind: RunKind, waysLeft: Way[]): Promise<void> {
  const { workspaceId, contactIds } = side;
  const deps = { system: database.system, build: 'one', kinds: everyKind(kind) };
  for (;;) {
    const { limit, lostAt, held } = waysLeft.shift() ?? { limit: 200, lostAt: null, held: null };
    const batch = await nextBatch(database, workspaceId, limit);
    if (!batch) return;
    const serve = async (): Promise<void> => {
      failing.failAt(lostAt);
      // The process is still there, so what it could not end killed nobody.
      await runBatch({ ...deps, db: failing.db }, batch).catch(() => dropBatches(database.system, [batch.id]));
    };
    if (held === null) await serve();
    else
      await inWorkspace(database.app, workspaceId, async (tx) => {
        const contactId = contactIds[held % contactIds.length] ?? '';
        await sql`select from contact where id = ${contactId} for no key update`.execute(kysely(tx));
        await serve();
      });
  }
}

/** All that turns write of the runs of a side, without what must differ. */
async function everything({ workspaceId, runIds }: Side): Promise<unknown> {
  const own = ['id', 'workspace_id', 'run_id', 'contact_id', 'seq', 'workflow_id', 'entry_key', 'subject_id', 'pool'];
  const tables = ['run', 'run_turn', 'run_inbox', 'step', 'wait', 'gate', 'run_position'];
  return Promise.all(
    tables.map(async (table) => {
      const id = table === 'run' ? sql`id` : sql`run_id`;
      // A gate that is given up says so under its own id.
      const gate =
        table === 'run_inbox' ? sql`case when kind = 'gate' then '{"ref": null}'::jsonb else '{}' end` : sql`'{}'`;
      const { rows } = await sql<{ row: object }>`
        select row from (select ${id} as id, to_jsonb(t) - ${own}::text[] || ${gate}::jsonb as row from ${sql.table(table)} t where workspace_id = ${workspaceId}) own
        order by array_position(${runIds}::uuid[], id), row::text`.execute(kysely(database.system));
      return rows.map(({ row }) => row);
    }),
  );
}
