import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../../../test/support/at-once.ts';
import { enroll, makeCourseRun } from '../../../test/support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { takeSeat } from './seats.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

describe('the seats of a course run', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('are given one at a time: of two who ask at once one gets the last seat, the other a place in the queue', async () => {
    const courseRunId = await makeCourseRun(database);
    const [first, second] = [await enroll(database, courseRunId), await enroll(database, courseRunId)];
    const { workspaceId } = database;
    const ask =
      ({ enrollmentId }: { enrollmentId: string }) =>
      (tx: Tx) =>
        takeSeat(tx, {
          workspaceId,
          courseRunId,
          enrollmentId,
          learnerId: enrollmentId,
          purpose: 'request',
        });

    expect(await atOnce(database, ask(first), ask(second))).toMatchObject([
      { status: 'fulfilled', value: { seat: 'held' } },
      { status: 'fulfilled', value: { seat: 'waitlisted', position: 1 } },
    ]);
    const run = await kysely(database.system)
      .selectFrom('course_run')
      .select(['held', 'confirmed'])
      .where('id', '=', courseRunId)
      .executeTakeFirstOrThrow();
    expect(run).toEqual({ held: 1, confirmed: 0 });
  });
});
