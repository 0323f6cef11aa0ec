import type { ActionOutput, ActionParams } from '../../contracts/core/actions.ts';
import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { ActionActivities, ActionInput } from '../../contracts/core/engine.ts';
import { quote } from '../../domain/courses/quote/quote.ts';
import {
  enrollmentOfRun,
  mayReturn,
  missingPrerequisites,
  reopenEnrollment,
  type EnrollmentRow,
} from '../../platform/db/courses/enrollments.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { confirmSeat, keepSeat, releaseSeat, takeSeat, type SeatRequest } from '../../platform/db/courses/seats.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { runLocalAction } from '../effects/run-local-action.ts';

type SeatActivities = 'checkEligibility' | 'takeSeat' | 'keepSeat' | 'confirmSeat' | 'releaseSeat' | 'quoteRefund';

/** The actions of an enrollment that touch Postgres alone: each is one transaction with its result, so it happens once. */
export function createSeatActivities({ db }: { db: Db }): Pick<ActionActivities, SeatActivities> {
  const act = <N extends SeatActivities>(
    action: N,
    run: (context: Context, params: ActionParams<N>) => Promise<ActionOutput<N>>,
  ) => {
    return (input: ActionInput): Promise<void> =>
      runLocalAction(db, input, {
        action,
        async work(tx, open) {
          const enrollment = await enrollmentOfRun(tx, open.run.workspace_id, open.run.id);
          return run(contextOf(tx, enrollment), open.action.params);
        },
      });
  };
  return {
    checkEligibility: act('checkEligibility', async ({ tx, enrollment }) => {
      const missing = await missingPrerequisites(tx, enrollment);
      return { isEligible: missing.length === 0, missing };
    }),
    takeSeat: act('takeSeat', async ({ tx, request, enrollment }, { purpose, at }) => {
      // The contact is locked, so no other attempt begins meanwhile.
      if (enrollment.ended_at !== null && !(await mayReturn(tx, enrollment))) return { seat: 'full' };
      const answer = await takeSeat(tx, { ...request, purpose, at });
      if (answer.seat === 'held' && enrollment.ended_at !== null) await reopenEnrollment(tx, enrollment);
      return answer;
    }),
    keepSeat: act('keepSeat', async ({ tx, request }, { until }) => ({ isKept: await keepSeat(tx, request, until) })),
    confirmSeat: act('confirmSeat', async ({ tx, request }) => ({ seat: await confirmSeat(tx, request) })),
    releaseSeat: act('releaseSeat', async ({ tx, request }) => ({ isReleased: await releaseSeat(tx, request) })),
    quoteRefund: act('quoteRefund', ({ enrollment }, { facts, asOf }) =>
      Promise.resolve(quote((enrollment.terms as EnrollmentTerms).withdrawal, facts, asOf)),
    ),
  };
}

type Context = { tx: Tx; enrollment: EnrollmentRow; request: SeatRequest };

function contextOf(tx: Tx, enrollment: EnrollmentRow): Context {
  return {
    tx,
    enrollment,
    request: {
      workspaceId: enrollment.workspace_id,
      courseRunId: enrollment.course_run_id,
      enrollmentId: enrollment.id,
      learnerId: enrollment.contact_id,
    },
  };
}
