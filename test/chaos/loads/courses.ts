import { expect } from 'vitest';
import type { Enrollment } from '../../../contracts/courses/enrollments-api.schema.ts';
import { seatFaults, shortRun } from '../../support/courses.ts';
import { approve, type Load, type LoadParts } from './load.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

const capacity = 3;
/** While everything is down no hold ends, and how soon after it is the machine's speed; it keeps its seat, which is the safe side. */
const graceMs = Infinity;

/** What a learner does once there is something to do. */
type Habit = 'completes' | 'withdraws' | 'neverPays' | 'declines';
/** Few complete, as each keeps a seat: where all are kept nothing is left to do. */
const habits: Habit[] = ['completes', 'withdraws', 'neverPays', 'declines', 'completes', 'withdraws', 'withdraws'];

/** Learners who want few seats, pay, leave and are refunded; `random` gives each a habit. */
export function coursesLoad({ house, client, count }: LoadParts, random: () => number): Load {
  const contacts = Array.from({ length: count }, (_, index) => `learner-${index}`);
  const isOurs = (text: string): boolean => text.startsWith('learner-');
  const habitOf = new Map(
    contacts.map((contact) => [contact, habits[Math.floor(random() * habits.length)] ?? 'completes']),
  );
  const faults: string[] = [];
  let courseRunId = '';
  const seats = async () => (await client.courses.showRun('sql', 'autumn')).seats;
  const enrollments = async () => (await client.enrollments.list({ course: 'sql', run: 'autumn', limit: 200 })).items;

  return {
    name: 'courses',
    async start() {
      await client.courses.put('sql', { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } });
      const times = { holdFor: 'PT6S', offerFor: 'PT6S' };
      await client.courses.putRun('sql', 'autumn', { ...shortRun, ...times, capacity, waitlistCapacity: count });
      const run = await kysely(house.database.system).selectFrom('course_run').select('id').executeTakeFirstOrThrow();
      courseRunId = run.id;
      for (const contact of contacts) {
        await client.contacts.put(contact, { email: `${contact}@example.com` });
        await client.enrollments.request({ course: 'sql', run: 'autumn', contact });
      }
    },
    async act() {
      faults.push(...(await seatFaults(house.database, courseRunId, graceMs)));
      await approve(client, { kind: 'enrollment' });
      const now = await enrollments();
      for (const enrollment of now.filter((each) => each.outcome === null))
        await actFor(enrollment).catch(() => undefined);
      // A learner who completed keeps the seat, so when all seats are kept, the others wait on.
      const { confirmed } = await seats();
      const isSettled = (each: Enrollment): boolean =>
        each.endedAt !== null || (each.lifecycle === 'waitlisted' && confirmed === capacity);
      return now.length === count && now.every(isSettled);
    },
    async check() {
      expect(faults, 'the seats at every moment that was looked at').toEqual([]);
      const { held, confirmed } = await seats();
      expect(held + confirmed).toBeLessThanOrEqual(capacity);
      const ended = await enrollments();
      const outcomes = ended.map(({ outcome }) => outcome);
      expect(outcomes).not.toContain('failed');

      const money = house.doubles.journals.payment.entries();
      const refunds = money.filter((entry) => entry.kind.startsWith('refund.')).map((entry) => entry.key);
      expect(new Set(refunds).size, 'a payment was refunded twice').toBe(refunds.length);
      const paid = money.filter((entry) => entry.kind === 'session.paid' || entry.kind === 'session.completed');
      const kept = outcomes.filter((outcome) => outcome === 'completed').length;
      expect(paid.length - refunds.length, 'what was paid and not given back').toBe(kept);
      const mails = (await house.doubles.control.mails()).filter((mail) => isOurs(mail.to[0] ?? ''));
      return `${count} learners, ${mails.length} mails, ${refunds.length} refunds, ${outcomes.join(' ')}`;
    },
  };

  async function actFor(enrollment: Enrollment): Promise<void> {
    const { id, seat, checkoutUrl, lifecycle } = enrollment;
    const habit = habitOf.get(enrollment.contact);
    if (seat?.kind === 'offer') {
      await client.enrollments.answerOffer(id, habit === 'declines' ? 'decline' : 'accept');
    } else if (checkoutUrl !== null && habit !== 'neverPays' && habit !== 'declines') {
      await house.doubles.control.paySession(/cs_\w+/.exec(checkoutUrl)?.[0] ?? '');
    } else if (seat?.kind === 'confirmed' && habit === 'withdraws' && lifecycle === 'active') {
      await client.enrollments.withdraw(id, 'No time', { idempotencyKey: `w-${id}` });
    } else if (seat?.kind === 'confirmed' && habit === 'completes') {
      const occurredAt = new Date().toISOString();
      await client.enrollments.report([{ id: `done-${id}`, enrollment: id, verb: 'completed', occurredAt }]);
    }
  }
}
