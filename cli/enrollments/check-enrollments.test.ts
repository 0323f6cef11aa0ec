import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEnrollmentKind } from '../../activities/courses/enrollment.kind.ts';
import { createEngineActivities } from '../../activities/engine/advance-run.ts';
import type { AdvanceAnswer } from '../../contracts/core/engine.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { terminateRun } from '../../platform/db/runs/runs.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { TEST_KEY } from '../../test/support/database.ts';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { readRun } from '../../test/support/toy-runs.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { checkEnrollments, type CheckEnrollmentsOptions } from './check-enrollments.ts';

describe('throughline check enrollments (courses F12)', () => {
  const { database, api } = useTestApi();
  let enrolled: { enrollmentId: string; runId: string };
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });
  const enrollment = createEnrollmentKind({ publicUrl: 'http://127.0.0.1', keys: () => Promise.resolve(keys) });
  const turn = async (runId: string): Promise<AdvanceAnswer> => {
    const engine = createEngineActivities({ db: database.app, kinds: { enrollment } });
    const { turn: made } = await readRun(database, runId);
    return engine.advanceRun({
      workspaceId: database.workspaceId,
      runId,
      turn: made + 1,
      at: Date.now(),
      failures: [],
    });
  };
  async function check(options: CheckEnrollmentsOptions = {}): Promise<string> {
    for (const name of ['DATABASE_URL', 'THROUGHLINE_KEY'] as const) vi.stubEnv(name, database.config[name]);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await checkEnrollments(options);
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    write.mockRestore();
    return printed;
  }

  /** One learner with a seat whose run was terminated, beside one whose run goes on. */
  beforeAll(async () => {
    const courseRun = await makeCourseRun(database, { capacity: 2 });
    const [stranded, other] = [await enroll(database, courseRun), await enroll(database, courseRun)];
    for (const { runId } of [stranded, other]) await turn(runId);
    enrolled = stranded;
    const { workspaceId, app } = database;
    await inWorkspace(app, workspaceId, async (tx) => {
      await kysely(tx)
        .insertInto('seat')
        .values({
          workspace_id: workspaceId,
          enrollment_id: stranded.enrollmentId,
          course_run_id: courseRun,
          kind: 'hold',
          expires_at: new Date(),
        })
        .execute();
      await terminateRun(tx, { workspaceId, runId: stranded.runId, reason: 'by mistake' });
    });
  });

  it('finds what outlived its run, and keeps its contact from being erased', async () => {
    const printed = await check();
    expect(printed).toContain(enrolled.enrollmentId);
    expect(printed).toContain('a seat (hold)');
    expect(printed).toContain('1 enrollment(s) without a run, 0 repaired.');
    expect(process.exitCode).toBe(1);
    const key = await api.key(['contacts:read', 'contacts:write', 'contacts:erase']);
    const { contact_id: contact } = await readRun(database, enrolled.runId);
    const erased = await api.call({ method: 'DELETE', url: `/v1/contacts/${contact}`, key });
    expect(erased).toMatchObject({ status: 409, json: { code: 'contact.inUse', runs: [{ runId: enrolled.runId }] } });
    await expect(check({ workspace: 'nowhere' })).rejects.toThrow('no workspace nowhere');
  });

  it('lets it go on where it was when it is repaired', async () => {
    expect(await check({ repair: true })).toContain('1 enrollment(s) without a run, 1 repaired.');
    expect(process.exitCode).toBeUndefined();
    expect(await readRun(database, enrolled.runId)).toMatchObject({ ended_at: null, outcome: null });
    const answer = await turn(enrolled.runId);
    expect(answer).toMatchObject({ ended: false, open: [expect.objectContaining({ activity: expect.any(String) })] });
    expect(await check()).toContain('0 enrollment(s) without a run');
  });
});
