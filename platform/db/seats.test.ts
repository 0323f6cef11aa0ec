import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { takeSeat } from './seats.ts';
import { inWorkspace, type Tx } from './workspace.ts';

describe('the seats of a course run', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  /** Asks for the run's only seat. */
  const ask = (tx: Tx, courseRunId: string, enrollmentId: string) =>
    takeSeat(tx, {
      workspaceId: database.workspaceId,
      courseRunId,
      enrollmentId,
      learnerId: enrollmentId,
      purpose: 'request',
      holdMs: 60_000,
    });

  /** Waits until the connection `pid` stands at a lock. */
  async function untilBlocked(pid: number): Promise<void> {
    for (let isBlocked = false; !isBlocked;) {
      const { rows } = await sql<{ blocked: boolean }>`
        select cardinality(pg_blocking_pids(${pid}::int)) > 0 as blocked`.execute(database.system);
      isBlocked = rows[0]?.blocked ?? false;
    }
  }

  it('are given one at a time: of two who ask at once one gets the last seat, the other a place in the queue', async () => {
    const courseRunId = await makeCourseRun(database);
    const [first, second] = [await enroll(database, courseRunId), await enroll(database, courseRunId)];
    const { app, workspaceId } = database;
    const [isTaken, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const asks = Promise.withResolvers<number>();

    const one = inWorkspace(app, workspaceId, async (tx) => {
      const answer = await ask(tx, courseRunId, first.enrollmentId);
      isTaken.resolve();
      await mayCommit.promise;
      return answer;
    });
    await isTaken.promise;
    const other = inWorkspace(app, workspaceId, async (tx) => {
      // However slow this machine is, the second waits for the first and not for a limit.
      await sql`set local lock_timeout = 0`.execute(tx);
      await sql`set local statement_timeout = 0`.execute(tx);
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      asks.resolve(rows[0]?.pid ?? 0);
      return ask(tx, courseRunId, second.enrollmentId);
    });
    await untilBlocked(await asks.promise);
    mayCommit.resolve();

    expect(await one).toMatchObject({ seat: 'held' });
    expect(await other).toEqual({ seat: 'waitlisted', position: 1 });
    const run = await database.system
      .selectFrom('course_run')
      .select(['held', 'confirmed'])
      .where('id', '=', courseRunId)
      .executeTakeFirstOrThrow();
    expect(run).toEqual({ held: 1, confirmed: 0 });
  });
});
