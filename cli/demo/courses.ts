import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDoublesClient } from './doubles.ts';
import type { DemoContext } from '../demo-context.ts';
import { createApi, until, type Answer, type Api } from './api.ts';
import type { Decider } from './deciders.ts';

type Learner = { id: string; runId: string; contact: string };

/** Longer than the longest wait of the example: a hold, an offer and a decision, with room for a slow machine. */
const patienceMs = 120_000;

/**
 * Five learners ask for three seats: three get one, two wait. One of the three lets the hold run out, so the first who waits is
 * offered the seat and declines; the second accepts. One withdraws and gets the money back; the others complete.
 * @returns whether it ended so, in words
 */
export async function runCourseDemo(
  context: DemoContext,
  decider: Decider,
  tag: string,
): Promise<{ ok: boolean; outcome: string }> {
  const api = createApi(context.baseUrl, context.adminKey);
  const doubles = createDoublesClient(context.controlUrl);
  const read = (file: string): Answer =>
    JSON.parse(readFileSync(join(context.examples, 'courses', file), 'utf8')) as Answer;
  const slug = `sql-basics-${tag}`;
  await api.put(`/v1/courses/${slug}`, read('course.json'));
  await api.put(`/v1/courses/${slug}/runs/autumn`, read('course-run.json'));

  const learners: Learner[] = [];
  for (const name of ['ines', 'jonas', 'kaya', 'luca', 'mara']) {
    const contact = `${name}-${tag}`;
    await api.put(`/v1/contacts/${contact}`, { email: `${contact}@example.com`, attributes: { firstName: name } });
    const { id, runId } = await api.post('/v1/enrollments', { course: slug, run: 'autumn', contact });
    decider.adopt(String(runId), () => 'approve');
    learners.push({ id: String(id), runId: String(runId), contact });
    // Who asked first is first in the queue: the seat is taken by the run, moments later.
    await until(
      'an answer',
      () => settled(api, String(id), (enrollment) => enrollment['lifecycle'] !== 'requested'),
      patienceMs,
    );
  }
  const [first, second, third, fourth, fifth] = learners as [Learner, Learner, Learner, Learner, Learner];
  context.say('  Course: three seats are held, two learners wait');
  const pay = async (learner: Learner): Promise<void> => {
    const url = await until(
      'a checkout',
      async () => stringOf((await api.get(`/v1/enrollments/${learner.id}`))['checkoutUrl']),
      patienceMs,
    );
    await doubles.pay(url);
    await until(
      'the seat',
      () => settled(api, learner.id, (enrollment) => enrollment['access'] === 'full'),
      patienceMs,
    );
    context.say(`  Course: ${learner.contact} has paid and is in`);
  };
  await pay(first);
  await pay(second);

  context.say(`  Course: ${third.contact} lets the hold run out; the seat goes to the next in line`);
  await until('an offer', () => settled(api, fourth.id, isOffered), patienceMs);
  await api.post(`/v1/enrollments/${fourth.id}/offer`, { answer: 'decline' });
  context.say(`  Course: ${fourth.contact} declines the seat that was offered`);
  await until('an offer', () => settled(api, fifth.id, isOffered), patienceMs);
  await api.post(`/v1/enrollments/${fifth.id}/offer`, { answer: 'accept' });
  await pay(fifth);

  await api.post(`/v1/enrollments/${second.id}/withdraw`, { reason: 'Moving to another city' });
  const done = [first, fifth].map(({ id, contact }) => ({
    id: `done-${contact}`,
    enrollment: id,
    verb: 'completed',
    progressPercent: 100,
    occurredAt: new Date().toISOString(),
  }));
  await api.post('/v1/progress', { events: done });

  const expected: [Learner, string][] = [
    [first, 'completed'],
    [second, 'withdrawn'],
    [third, 'holdExpired'],
    [fourth, 'offerDeclined'],
    [fifth, 'completed'],
  ];
  const ended = await Promise.all(
    expected.map(async ([learner, outcome]) => {
      const enrollment = await until(
        `the end of ${learner.contact}`,
        () => settled(api, learner.id, (found) => found['outcome'] !== null),
        patienceMs,
      );
      return {
        isRight: enrollment['outcome'] === outcome,
        text: `${learner.contact} ${String(enrollment['outcome'])}`,
      };
    }),
  );
  const { seats } = await api.get(`/v1/courses/${slug}/runs/autumn`);
  const taken = seats as Record<string, number>;
  const isWhole = (taken['held'] ?? 0) + (taken['confirmed'] ?? 0) <= (taken['capacity'] ?? 0);
  return { ok: isWhole && ended.every(({ isRight }) => isRight), outcome: ended.map(({ text }) => text).join(', ') };
}

function isOffered(enrollment: Answer): boolean {
  return (enrollment['seat'] as Answer | null)?.['kind'] === 'offer' && enrollment['lifecycle'] === 'offered';
}

async function settled(api: Api, id: string, test: (enrollment: Answer) => boolean): Promise<Answer | null> {
  const enrollment = await api.get(`/v1/enrollments/${id}`);
  return test(enrollment) ? enrollment : null;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
