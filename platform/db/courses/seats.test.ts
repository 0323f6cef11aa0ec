import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../../../test/support/at-once.ts';
import { enroll, makeCourseRun, seatFaults, shortRun } from '../../../test/support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { createEnrollment } from './enrollments.ts';
import { confirmSeat, releaseSeat, takeSeat } from './seats.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';

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
      ({ enrollmentId, contactId: learnerId }: { enrollmentId: string; contactId: string }) =>
      (tx: Tx) =>
        takeSeat(tx, {
          workspaceId,
          courseRunId,
          enrollmentId,
          learnerId,
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

  it('are one for each person: who has completed and comes again goes on in the seat of before (courses F11)', async () => {
    const courseRunId = await makeCourseRun(database, { capacity: 2 });
    const { workspaceId } = database;
    const { enrollmentId, contactId } = await enroll(database, courseRunId);
    const seat = (of: string) => ({ workspaceId, courseRunId, enrollmentId: of, learnerId: contactId });
    const system = kysely(database.system);
    const again = await inWorkspace(database.app, workspaceId, async (tx) => {
      await takeSeat(tx, { ...seat(enrollmentId), purpose: 'request' });
      await confirmSeat(tx, seat(enrollmentId));
      await kysely(tx).updateTable('enrollment').set({ ended_at: new Date() }).where('id', '=', enrollmentId).execute();
      const course = { title: 'SQL', completion: { moveOn: 'completed' } } as const;
      const courseRun = { id: courseRunId, title: 'Autumn', details: shortRun };
      const made = await createEnrollment(tx, { workspaceId, contactId, course, courseRun });
      return String(made?.enrollmentId);
    });
    const ask = (tx: Tx) => takeSeat(tx, { ...seat(again), purpose: 'request' });
    expect(await inWorkspace(database.app, workspaceId, ask)).toMatchObject({ seat: 'held' });
    const seats = await system
      .selectFrom('seat')
      .select(['enrollment_id', 'kind'])
      .where('course_run_id', '=', courseRunId)
      .execute();
    expect(seats).toEqual([{ enrollment_id: again, kind: 'hold' }]);
    expect(await seatFaults(database, courseRunId)).toEqual([]);
  });

  it('are not offered to who was stopped, who keeps the place until they are taken up (JEM-Project 555)', async () => {
    const courseRunId = await makeCourseRun(database);
    const { workspaceId } = database;
    const people = [
      await enroll(database, courseRunId),
      await enroll(database, courseRunId),
      await enroll(database, courseRunId),
    ];
    const [first, stopped, next] = people.map(({ enrollmentId, contactId: learnerId, runId }) => {
      return { workspaceId, courseRunId, enrollmentId, learnerId, runId };
    });
    if (!first || !stopped || !next) throw new Error('Three have enrolled');
    const run = (change: { ended_at: Date | null }) =>
      kysely(database.system).updateTable('run').set(change).where('id', '=', stopped.runId).execute();
    const offered = async () => {
      const seats = await kysely(database.system)
        .selectFrom('seat')
        .select('enrollment_id')
        .where('course_run_id', '=', courseRunId)
        .execute();
      return seats.map((seat) => seat.enrollment_id);
    };
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (const of of [first, stopped, next]) await takeSeat(tx, { ...of, purpose: 'request' });
    });
    await run({ ended_at: new Date() });
    await inWorkspace(database.app, workspaceId, (tx) => releaseSeat(tx, first));
    expect(await offered()).toEqual([next.enrollmentId]);
    await inWorkspace(database.app, workspaceId, (tx) => releaseSeat(tx, next));
    expect(await offered()).toEqual([]);
    await run({ ended_at: null });
    await inWorkspace(database.app, workspaceId, (tx) => takeSeat(tx, { ...stopped, purpose: 'request' }));
    expect(await offered()).toEqual([stopped.enrollmentId]);
    expect(await seatFaults(database, courseRunId)).toEqual([]);
  });

  it('are offered to who has all prerequisites by then; others leave the queue and are sent which they lack (courses F24)', async () => {
    const courseRunId = await makeCourseRun(database);
    const { workspaceId } = database;
    const [first, lacking, next] = [
      await enroll(database, courseRunId),
      await enroll(database, courseRunId),
      await enroll(database, courseRunId),
    ];
    const seat = (of: { enrollmentId: string; contactId: string }) => ({
      workspaceId,
      courseRunId,
      enrollmentId: of.enrollmentId,
      learnerId: of.contactId,
    });
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (const of of [first, lacking, next]) await takeSeat(tx, { ...seat(of), purpose: 'request' });
      const course = kysely(tx).selectFrom('course_run').select('course_id').where('id', '=', courseRunId);
      await kysely(tx)
        .updateTable('course')
        .set({ prerequisites: ['basics'] })
        .where('id', '=', course)
        .execute();
      // Who waits last has completed it.
      const basics = await kysely(tx)
        .insertInto('course')
        .values({ workspace_id: workspaceId, slug: 'basics', title: 'B', prerequisites: [], completion: '{}' })
        .returning('id')
        .executeTakeFirstOrThrow();
      const done = await kysely(tx)
        .insertInto('course_run')
        .values({
          workspace_id: workspaceId,
          course_id: basics.id,
          slug: 'r',
          title: 'R',
          capacity: 1,
          waitlist_capacity: 0,
          details: '{}',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const courseRun = { id: done.id, title: 'R', details: shortRun };
      const made = await createEnrollment(tx, {
        workspaceId,
        contactId: next.contactId,
        course: { title: 'B', completion: { moveOn: 'completed' } },
        courseRun,
      });
      await kysely(tx)
        .updateTable('enrollment')
        .set({ outcome: 'completed', ended_at: new Date() })
        .where('id', '=', String(made?.enrollmentId))
        .execute();
      await releaseSeat(tx, seat(first));
    });
    const sent = await kysely(database.system)
      .selectFrom('run_inbox')
      .select(['run_id', 'kind'])
      .where('run_id', 'in', [lacking.runId, next.runId])
      .orderBy('seq')
      .execute();
    expect(sent).toEqual([
      { run_id: lacking.runId, kind: 'ineligible' },
      { run_id: next.runId, kind: 'seatOffered' },
    ]);
    expect(await seatFaults(database, courseRunId)).toEqual([]);
  });
});
