import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Enrollment } from '../../contracts/courses/enrollments-api.schema.ts';
import { CourseInput, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type { DemoEnd, DemoParts } from './parts.ts';
import { until } from './until.ts';

type Learner = { id: string; runId: string; contact: string };
/** A learner and the end that the example expects for them. */
type Expected = Learner & { expected: string };

const run = 'autumn';
/** A course whose learners stay under way for the person who looks, the same at each start. */
const left = { slug: 'sql-for-analysts', run: 'winter', title: 'SQL for analysts' };

/**
 * Five learners ask for three seats: three get one, two wait. One of the three lets the hold run out, so the first who waits is
 * offered the seat and declines; the second accepts. One withdraws and gets the money back; the others complete.
 */
export async function runCourseDemo(parts: DemoParts): Promise<DemoEnd> {
  const { client, say, tag } = parts;
  const slug = `sql-basics-${tag}`;
  await client.courses.put(slug, CourseInput.parse(await readJson(parts, 'course.json')));
  await client.courses.putRun(slug, run, CourseRunInput.parse(await readJson(parts, 'course-run.json')));

  const ask = async (name: string, expected: string): Promise<Expected> => {
    const learner = await enroll(parts, slug, run, name, `${name.toLowerCase()}-${tag}`);
    parts.decider.adopt(learner.runId, { choose: () => 'approve' });
    return { ...learner, expected };
  };
  // Who pays does it at once: on a slow machine a hold may run out while the others ask.
  const ines = await ask('Ines', 'completed');
  await pay(parts, ines);
  const jonas = await ask('Jonas', 'withdrawn');
  await pay(parts, jonas);
  const kaya = await ask('Kaya', 'holdExpired');
  const luca = await ask('Luca', 'offerDeclined');
  const mara = await ask('Mara', 'completed');
  say('  Course: three learners have the three seats, two wait');

  say(`  Course: ${kaya.contact} lets the hold run out; the seat is offered to the first in line`);
  await untilOffered(parts, luca);
  await client.enrollments.answerOffer(luca.id, 'decline');
  say(`  Course: ${luca.contact} declines; the seat is offered to the next in line`);
  await untilOffered(parts, mara);
  await client.enrollments.answerOffer(mara.id, 'accept');
  await pay(parts, mara);

  await client.enrollments.withdraw(jonas.id, 'Moving to another city');
  say(`  Course: ${jonas.contact} withdraws; a person decides about the refund`);
  await client.enrollments.report(
    [ines, mara].map(({ id, contact }) => ({
      id: `done-${contact}`,
      enrollment: id,
      verb: 'completed',
      progressPercent: 100,
      occurredAt: new Date().toISOString(),
    })),
  );

  const learners = [ines, jonas, kaya, luca, mara];
  const ended = await Promise.all(
    learners.map((learner) => untilIs(parts, learner, 'the end', (enrollment) => enrollment.outcome !== null)),
  );
  const { seats } = await client.courses.showRun(slug, run);
  return {
    ok:
      seats.held + seats.confirmed <= seats.capacity &&
      ended.every((end, at) => end.outcome === learners[at]?.expected),
    outcome: ended.map((end) => `${end.contact} ${end.outcome}`).join(', '),
  };
}

/**
 * Leaves a course under way, unless an earlier start has: one learns, one has withdrawn and waits for a decision about the money,
 * one is yet to pay, one is offered a freed seat, two wait.
 */
export async function leaveCourse(parts: DemoParts): Promise<void> {
  const { client, say } = parts;
  const { items } = await client.enrollments.list({ course: left.slug, run: left.run, open: true, limit: 1 });
  if (items.length > 0) return;
  const course = CourseInput.parse(await readJson(parts, 'course.json'));
  const ofExample = CourseRunInput.parse(await readJson(parts, 'course-run.json'));
  await client.courses.put(left.slug, { ...course, title: left.title });
  await client.courses.putRun(left.slug, left.run, {
    ...ofExample,
    title: 'Winter',
    capacity: 4,
    holdFor: 'P2D',
    offerFor: 'P1D',
  });
  const ask = (name: string): Promise<Learner> => enroll(parts, left.slug, left.run, name, name.toLowerCase());
  const elif = await ask('Elif');
  await pay(parts, elif);
  const lena = await ask('Lena');
  await pay(parts, lena);
  await ask('Mia');
  const jakub = await ask('Jakub');
  const yara = await ask('Yara');
  for (const name of ['Tomas', 'Greta']) await ask(name);
  const occurredAt = new Date().toISOString();
  await client.enrollments.report([
    { id: `begun-${elif.id}`, enrollment: elif.id, verb: 'progressed', progressPercent: 40, occurredAt },
  ]);
  await client.enrollments.withdraw(lena.id, 'A new job leaves no time');
  await client.enrollments.withdraw(jakub.id, 'Booked twice');
  await untilOffered(parts, yara);
  say(`  Left in the course “${left.title}”: Lena waits for her refund to be decided; others learn, pay and wait`);
}

async function readJson({ examples }: DemoParts, file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(examples, 'courses', file), 'utf8'));
}

/** Asks for a seat and waits for the answer: who asked first is first in line, and a run answers moments later. */
async function enroll(
  parts: DemoParts,
  course: string,
  ofRun: string,
  firstName: string,
  contact: string,
): Promise<Learner> {
  const { client } = parts;
  await client.contacts.put(contact, { email: `${contact}@example.com`, attributes: { firstName } });
  const { id, runId } = await client.enrollments.request({ course, run: ofRun, contact });
  const learner = { id, runId, contact };
  await untilIs(parts, learner, 'an answer', (enrollment) => enrollment.lifecycle !== 'requested');
  return learner;
}

async function pay(parts: DemoParts, learner: Learner): Promise<void> {
  const { checkoutUrl } = await untilIs(parts, learner, 'a checkout', (enrollment) => enrollment.checkoutUrl !== null);
  await parts.doubles.paySession(/cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '');
  await untilIs(parts, learner, 'the seat', (enrollment) => enrollment.seat?.kind === 'confirmed');
  parts.say(`  Course: ${learner.contact} has paid and is in`);
}

function untilOffered(parts: DemoParts, learner: Learner): Promise<Enrollment> {
  return untilIs(parts, learner, 'an offer', (enrollment) => enrollment.seat?.kind === 'offer');
}

function untilIs(
  { client }: DemoParts,
  { id, contact }: Learner,
  what: string,
  test: (enrollment: Enrollment) => boolean,
): Promise<Enrollment> {
  return until(`${what} for ${contact}`, async () => {
    const enrollment = await client.enrollments.show(id);
    return test(enrollment) && enrollment;
  });
}
