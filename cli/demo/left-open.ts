import { join } from 'node:path';
import { decidesDocuments } from '../../domain/documents/stages/stages.ts';
import { loadBatch } from '../batch/load-batch.ts';
import { loadJourney } from '../push/load-journey.ts';
import { pushJourney } from '../push/push-journey.ts';
import { leaveCourse } from './courses.ts';
import type { DemoParts } from './parts.ts';
import { until } from './until.ts';

const batchNames = { estimate: 'Renewals, for you to decide', review: 'Renewals, for you to review' };
/** Of the example's lines: some good ones, and the three that the checks flag. The first is the header. */
const reviewLines = [0, ...Array.from({ length: 12 }, (_, at) => at + 30), 42, 78, 150];

/** People of companies on trial, the same ones at each start: a person enters once. */
const triallists = [
  { contact: 'noor', firstName: 'Noor', company: 'Birch & Sons', seats: 4, hasLoggedIn: false },
  { contact: 'pavel', firstName: 'Pavel', company: 'Lindqvist Optics', seats: 12, hasLoggedIn: true },
  { contact: 'quinn', firstName: 'Quinn', company: 'Harbour Freight Lines', seats: 220, hasLoggedIn: true },
  { contact: 'rosa', firstName: 'Rosa', company: 'Estudio Rosa', seats: 2, hasLoggedIn: true },
  { contact: 'sven', firstName: 'Sven', company: 'Nordlicht Energie', seats: 18, hasLoggedIn: false },
];

/**
 * Leaves work under way for the person who opens the dashboard: a batch whose estimate waits for approval, one whose flagged
 * letters wait for a review, people in the days of a trial, one of them with a decision open, and a course under way. What an earlier start has left
 * and is still open is not made again.
 */
export async function leaveWork(parts: DemoParts): Promise<void> {
  const { items } = await parts.client.gates.list({ status: 'open', limit: 200 });
  const isOpen = (name: string): boolean => items.some((gate) => gate.runTitle.includes(name));
  await Promise.all([
    isOpen(batchNames.estimate) ? undefined : leaveEstimate(parts),
    isOpen(batchNames.review) ? undefined : leaveReview(parts),
    leaveTrials(parts),
    leaveCourse(parts),
  ]);
}

async function leaveEstimate({ client, examples, say }: DemoParts): Promise<void> {
  const { rows, options } = await loadBatch([join(examples, 'documents')]);
  await client.batches.create(rows, { ...options, name: batchNames.estimate });
  say(`  Left for you in the Inbox: “${batchNames.estimate}” waits for its estimate to be approved`);
}

async function leaveReview({ client, decider, examples, say }: DemoParts): Promise<void> {
  const { rows, options } = await loadBatch([join(examples, 'documents')]);
  const lines = (await rows.text()).split('\n');
  const some = new Blob([`${reviewLines.map((at) => lines[at]).join('\n')}\n`], { type: 'text/csv' });
  const { id, runId } = await client.batches.create(some, { ...options, name: batchNames.review });
  // Its estimate is approved at once, and its review is left to the person.
  decider.adopt(runId, { choose: (gate) => (decidesDocuments(gate.step) ? null : 'approve'), isQuick: true });
  await until('the review of a batch', async () => {
    const { items } = await client.gates.list({ status: 'open', limit: 200 });
    return (
      items.some((gate) => gate.runId === runId && decidesDocuments(gate.step)) ||
      (await client.batches.show(id)).endedAt
    );
  });
  say(`  Left for you in the Inbox: “${batchNames.review}” waits for its flagged letters to be looked at`);
}

async function leaveTrials({ client, examples, say }: DemoParts): Promise<void> {
  const trial = await loadJourney(join(examples, 'journeys', 'trial.ts'));
  if (!trial) throw new Error('examples/journeys/trial.ts exports no journey');
  const pushed = await pushJourney(client, trial, false);
  if (!pushed.ok) throw new Error(`The trial was refused: ${JSON.stringify(pushed.problems)}`);
  const send = async (contact: string, name: string, properties: Record<string, string | number>): Promise<void> => {
    const occurredAt = new Date().toISOString();
    await client.events.send([{ id: `${name}-${contact}`, name, contact, occurredAt, properties }]);
  };
  for (const { contact, firstName, company, seats } of triallists) {
    await client.contacts.put(contact, { email: `${contact}@example.com`, attributes: { firstName } });
    await send(contact, 'trial.started', { company, seats });
  }
  await Promise.all(
    triallists
      .filter(({ hasLoggedIn }) => hasLoggedIn)
      .map(async ({ contact }) => {
        await until(`${contact} in the trial`, async () => {
          const { items } = await client.runs.list({ kind: 'journey', contact });
          return items.some((run) => run.endedAt !== null || ![null, 'begins'].includes(run.currentStep));
        });
        await send(contact, 'user.logged_in', { device: 'laptop' });
      }),
  );
  say(`  Left in the journey “Trial of fourteen days”: ${triallists.map(({ firstName }) => firstName).join(', ')}`);
}
