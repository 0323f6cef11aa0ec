import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Enrollment } from '../../contracts/api/enrollments.schema.ts';
import { createClient, type Client } from '../../sdk/client.ts';
import { seatFaults, shortRun } from '../support/courses.ts';
import { startHouse, type House } from '../support/house.ts';
import { chaosSeed, createRandom, storm, untilDone } from './storm.ts';

const capacity = 3;
/** While everything is down nobody ends a hold; until then it keeps its seat, which is the safe side. */
const graceMs = 60_000;
const learners = Array.from({ length: 14 }, (_, index) => `l${index}`);
/** What a learner does once there is something to do. */
type Habit = 'completes' | 'withdraws' | 'neverPays' | 'declines';
const habits: Habit[] = ['completes', 'withdraws', 'neverPays', 'declines', 'completes', 'withdraws', 'completes'];

describe('enrollments in a storm', () => {
  let house: House;
  let client: Client;
  const habitOf = new Map<string, Habit>();
  beforeAll(async () => {
    house = await startHouse();
  }, 120_000);
  afterAll(() => house?.stop());

  async function actFor(enrollment: Enrollment): Promise<void> {
    const habit = habitOf.get(enrollment.contact);
    if (enrollment.seat?.kind === 'offer') {
      await client.enrollments.answerOffer(enrollment.id, habit === 'declines' ? 'decline' : 'accept');
    } else if (enrollment.checkoutUrl !== null && habit !== 'neverPays' && habit !== 'declines') {
      await house.doubles.control.paySession(/cs_\w+/.exec(enrollment.checkoutUrl)?.[0] ?? '');
    } else if (enrollment.seat?.kind === 'confirmed' && habit === 'withdraws' && enrollment.lifecycle === 'active') {
      await client.enrollments.withdraw(enrollment.id, 'No time', { idempotencyKey: `w-${enrollment.id}` });
    } else if (enrollment.seat?.kind === 'confirmed' && habit === 'completes') {
      const occurredAt = new Date().toISOString();
      await client.enrollments.report([
        { id: `done-${enrollment.id}`, enrollment: enrollment.id, verb: 'completed', occurredAt },
      ]);
    }
  }

  async function act(seats: string[]): Promise<boolean> {
    seats.push(...(await seatFaults(house.database, await courseRunId(), graceMs)));
    const { items: gates } = await client.gates.list({ status: 'open', limit: 200 });
    for (const gate of gates) {
      const decision = { outcome: 'approve', round: gate.round, expectedHash: gate.contentHash };
      await client.gates.decide(gate.id, decision).catch(() => undefined);
    }
    const { items } = await client.enrollments.list({ course: 'sql', run: 'autumn', limit: 200 });
    for (const enrollment of items.filter((each) => each.outcome === null))
      await actFor(enrollment).catch(() => undefined);
    // Who completed keeps the seat, so when all seats are kept, the others wait for ever.
    const { confirmed } = (await client.courses.showRun('sql', 'autumn')).seats;
    const isSettled = (each: Enrollment): boolean =>
      each.endedAt !== null || (each.lifecycle === 'waitlisted' && confirmed === capacity);
    return items.length === learners.length && items.every(isSettled);
  }

  const courseRunId = async (): Promise<string> =>
    (await house.database.system.selectFrom('course_run').select('id').executeTakeFirstOrThrow()).id;

  it('never give away a seat twice, never charge or refund twice, and all end', async () => {
    const seed = chaosSeed();
    const random = createRandom(seed);
    const key = await house.api.key([
      'contacts:write',
      'courses:read',
      'courses:write',
      'enrollments:read',
      'enrollments:write',
      'progress:write',
      'gates:read',
      'gates:decide',
      'role:approver',
    ]);
    client = createClient({ baseUrl: house.url, key });
    await client.courses.put('sql', { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } });
    await client.courses.putRun('sql', 'autumn', { ...shortRun, capacity, holdFor: 'PT6S', offerFor: 'PT6S' });
    for (const contact of learners) {
      habitOf.set(contact, habits[Math.floor(random() * habits.length)] ?? 'completes');
      await client.contacts.put(contact, { email: `${contact}@example.com` });
      await client.enrollments.request({ course: 'sql', run: 'autumn', contact });
    }
    const began = Date.now();
    const seats: string[] = [];
    const [kills] = await Promise.all([
      storm(house, seed),
      untilDone('every enrollment has ended', () => act(seats), 150_000),
    ]);

    expect(seats, 'the seats at every moment that was looked at').toEqual([]);
    const run = await client.courses.showRun('sql', 'autumn');
    expect(run.seats.held + run.seats.confirmed).toBeLessThanOrEqual(capacity);
    const { items } = await client.enrollments.list({ course: 'sql', run: 'autumn', limit: 200 });
    const outcomes = items.map(({ outcome }) => outcome);
    expect(outcomes).not.toContain('failed');

    const money = house.doubles.journals.payment.entries();
    const refunds = money.filter((entry) => entry.kind.startsWith('refund.')).map((entry) => entry.key);
    expect(new Set(refunds).size, 'a payment was refunded twice').toBe(refunds.length);
    const paid = money.filter((entry) => entry.kind === 'session.paid' || entry.kind === 'session.completed');
    const kept = items.filter(({ outcome }) => outcome === 'completed').length;
    expect(paid.length - refunds.length, 'what was paid and not given back').toBe(kept);
    const ids = (await house.doubles.control.mails()).map((mail) => mail.messageId);
    expect(new Set(ids).size, 'a mail came twice').toBe(ids.length);
    console.log(
      `enrollments in a storm: seed ${seed}, ${kills} kills, ${items.length} learners in ${Math.round((Date.now() - began) / 1_000)} s, ${ids.length} mails, ${refunds.length} refunds, ${outcomes.join(' ')}`,
    );
  }, 300_000);
});
