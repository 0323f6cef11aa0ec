import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll, makeCourseRun, shortRun } from '../../../test/support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';
import { createEnrollment } from './enrollments.ts';

describe('an enrollment', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('is refused while any other of the learner in the course run lives, the last or an earlier one', async () => {
    const { workspaceId, system } = database;
    const courseRunId = await makeCourseRun(database);
    const { enrollmentId } = await enroll(database, courseRunId);
    const { contact_id: contactId } = await kysely(system)
      .selectFrom('enrollment')
      .select('contact_id')
      .where('id', '=', enrollmentId)
      .executeTakeFirstOrThrow();
    const end = (id: string, at: Date | null): Promise<unknown> =>
      kysely(system).updateTable('enrollment').set({ ended_at: at }).where('id', '=', id).execute();
    const again = (): Promise<{ enrollmentId: string } | null> =>
      inWorkspace(database.app, workspaceId, (tx) =>
        createEnrollment(tx, {
          workspaceId,
          contactId,
          course: { title: 'SQL', completion: { moveOn: 'completed' } },
          courseRun: { id: courseRunId, title: 'Autumn', details: shortRun },
        }),
      );

    expect(await again()).toBeNull();
    await end(enrollmentId, new Date());
    const second = await again();
    await end(String(second?.enrollmentId), new Date());
    await end(enrollmentId, null);
    expect(await again()).toBeNull();
    await end(enrollmentId, new Date());
    expect(await again()).not.toBeNull();
  });
});
