import { describe, expect, it } from 'vitest';
import type { DoublesClient } from '../../local/control/client.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { enroll, makeCourseRun, seatFaults } from '../support/courses.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { recordHistory } from '../support/record-history.ts';
import { untilRun } from '../support/toy-runs.ts';
import { useInstallation } from '../support/use-installation.ts';

describe('an enrollment on real parts', () => {
  let database: TestDatabase;
  let doubles: DoublesClient;
  const installation = useInstallation((opened) => void ({ database, doubles } = opened));

  const tell = (runId: string, kind: string, payload: Record<string, string | number>): Promise<boolean> =>
    inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, { workspaceId: database.workspaceId, runId, kind, ref: newId(), payload }),
    );
  const enrollment = (id: string) =>
    kysely(database.system).selectFrom('enrollment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const checkoutOf = (id: string) =>
    eventually('a checkout', () =>
      kysely(database.system).selectFrom('payment').selectAll().where('enrollment_id', '=', id).executeTakeFirst(),
    );

  /** Pays as the customer would; the webhook sends it to the run. */
  async function pay(enrollmentId: string): Promise<void> {
    await doubles.paySession((await checkoutOf(enrollmentId)).checkout_id);
  }

  it('goes from the request over payment and learning to completion; the next in line gets a freed seat', async () => {
    const courseRunId = await makeCourseRun(database);
    const first = await enroll(database, courseRunId);
    await checkoutOf(first.enrollmentId);
    const second = await enroll(database, courseRunId);
    await untilRun(
      database,
      second.runId,
      'waits in the queue',
      (run) => run.current_step === 'waitlist' || run.status === 'waiting',
    );
    await pay(first.enrollmentId);
    await eventually('is in', async () => (await enrollment(first.enrollmentId)).access === 'full');
    expect(await enrollment(first.enrollmentId)).toMatchObject({
      lifecycle: 'active',
      payment: 'paid',
      access: 'full',
    });
    expect(await seatFaults(database, courseRunId)).toEqual([]);

    await tell(first.runId, 'withdraw', { reason: 'moving away' });
    await untilRun(database, first.runId, 'asks about the refund', (run) => run.waiting_for === 'person');
    const gate = await kysely(database.system)
      .selectFrom('gate')
      .selectAll()
      .where('run_id', '=', first.runId)
      .where('status', '=', 'open')
      .executeTakeFirstOrThrow();
    expect(gate.content).toMatchObject({ refundMinor: 12_000, currency: 'EUR' });
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, {
        workspaceId: database.workspaceId,
        runId: first.runId,
        kind: 'gate',
        ref: gate.id,
        payload: {
          step: gate.step,
          visit: gate.visit,
          round: gate.round,
          generation: 0,
          outcome: 'approve',
          comment: null,
          form: null,
        },
      }),
    );
    await untilRun(database, first.runId, 'has ended', (run) => run.ended_at !== null);
    expect(await enrollment(first.enrollmentId)).toMatchObject({
      outcome: 'withdrawn',
      payment: 'refunded',
      access: 'revoked',
    });

    await eventually(
      'the next is offered the seat',
      async () => (await enrollment(second.enrollmentId)).lifecycle === 'offered',
    );
    await tell(second.runId, 'offerAnswer', { answer: 'accept' });
    await pay(second.enrollmentId);
    await eventually('the next is in', async () => (await enrollment(second.enrollmentId)).access === 'full');
    await tell(second.runId, 'progress', { verb: 'completed', progressPercent: 100 });
    const completed = await untilRun(database, second.runId, 'has completed', (run) => run.status === 'completed');
    await recordHistory(installation.temporal, completed.workflow_id, 'enrollment-display-2026-11');
    expect(await seatFaults(database, courseRunId)).toEqual([]);
    const addresses = new Set([first.email, second.email]);
    const mails = (await doubles.mails()).filter(({ to }) => to.some((address) => addresses.has(address)));
    const subjects = mails.map((mail) => mail.subject);
    expect(subjects).toEqual(expect.arrayContaining(['Welcome to SQL', 'You completed SQL']));
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(subjects.length);
  });

  it('never gives away more seats than there are, however many ask at once', async () => {
    const courseRunId = await makeCourseRun(database, { capacity: 3, waitlistCapacity: 2 });
    const learners = await Promise.all(Array.from({ length: 8 }, () => enroll(database, courseRunId)));
    await Promise.all(
      learners.map(({ runId }) =>
        untilRun(
          database,
          runId,
          'has an answer',
          (run) => run.turn > 0 && run.status !== 'starting' && run.status !== 'running',
        ),
      ),
    );
    const run = await eventually('3 held', async () => {
      const row = await kysely(database.system)
        .selectFrom('course_run')
        .selectAll()
        .where('id', '=', courseRunId)
        .executeTakeFirstOrThrow();
      return row.held === 3 && row;
    });
    expect(run.held + run.confirmed).toBe(3);
    expect(await seatFaults(database, courseRunId)).toEqual([]);
    const full = await kysely(database.system)
      .selectFrom('enrollment')
      .select('outcome')
      .where('course_run_id', '=', courseRunId)
      .where('outcome', '=', 'full')
      .execute();
    expect(full).toHaveLength(3);
  });
});
