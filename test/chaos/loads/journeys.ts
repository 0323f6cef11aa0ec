import { expect } from 'vitest';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { publishJourney, sampleEvent } from '../../support/journeys.ts';
import { approve, type Load, type LoadParts } from './load.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

/** Runs that a storm may make fail: each lost three workers in the middle of one call. */
const fewGivenUp = 3;
const deaths = expect.stringMatching(/\d workers died, or stood still, while they worked/);

const literal = (value: string) => ({ kind: 'literal', value }) as never;

/** Every kind of effect that a journey has, a person and an event between them. */
const definition: JourneyDefinition = {
  engineVersion: 1,
  slug: 'storm',
  name: 'Storm',
  entry: [{ event: 'SignedUp' }],
  reentry: 'once',
  exitWhen: [],
  steps: [
    {
      kind: 'llm',
      id: 'subject',
      prompt: { kind: 'inline', instructions: 'Write a subject line.' },
      input: {},
      output: {
        type: 'object',
        additionalProperties: false,
        required: ['text'],
        properties: { text: { type: 'string' } },
      },
      budgetMicros: 50_000,
    },
    {
      kind: 'approval',
      id: 'check',
      assign: { kind: 'role', id: 'approver' },
      show: literal('x'),
      outcomes: [{ name: 'approve', steps: [] }],
    },
    { kind: 'email', id: 'hello', content: { kind: 'inline', subject: literal('Hello'), markdown: 'Hello' } },
    { kind: 'waitFor', id: 'login', on: { event: 'LoggedIn' }, timeout: 'P2D' },
    { kind: 'crm', id: 'mark', upsert: 'contact', set: { lifecycle: literal('onboarding') } },
    { kind: 'delay', id: 'breathe', for: 'PT1S' } as never,
    { kind: 'email', id: 'bye', content: { kind: 'inline', subject: literal('Bye'), markdown: 'Bye' } },
  ],
};

/** The same journey once with a workflow for each run, once in pools, each with an event of its own. */
const entries = ['SignedUp', 'Joined'] as const;
const journeys: readonly JourneyDefinition[] = [
  { ...definition, entry: [{ event: entries[0] }] },
  { ...definition, slug: 'storm-pooled', entry: [{ event: entries[1] }], execution: 'pooled' },
];

/** People in the two journeys by turns: each gets two mails and one contact of the CRM, however often the workers die. */
export function journeysLoad({ house, client, key, count }: LoadParts): Load {
  const contacts = Array.from({ length: count }, (_, index) => `reader-${index}`);
  const isOurs = (text: string): boolean => text.startsWith('reader-');
  const send = (events: object[]) => house.api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
  const runs = async () =>
    (await Promise.all(journeys.map(({ slug }) => client.runs.list({ journey: slug, limit: 200 })))).flatMap(
      ({ items }) => items,
    );

  return {
    name: 'journeys',
    async start() {
      for (const journey of journeys) await publishJourney(house.api, key, journey);
      for (const contact of contacts) await client.contacts.put(contact, { email: `${contact}@example.com` });
      const answer = await send(
        contacts.map((contact, index) => sampleEvent(`up-${contact}`, entries[index % 2] ?? entries[0], contact)),
      );
      expect(answer.status).toBe(202);
    },
    async act() {
      await approve(client, { kind: 'journey' });
      const now = await runs();
      const waiting = now.filter((run) => run.currentStep === 'login' && run.status === 'waiting');
      if (waiting.length > 0)
        await send(waiting.map((run) => sampleEvent(`login-${run.id}`, 'LoggedIn', run.contact?.externalId ?? '')));
      return now.length === count && now.every((run) => run.endedAt !== null);
    },
    async check() {
      const ended = await runs();
      expect(ended).toHaveLength(count);
      // Three workers may die over one call, which is then given up; more than a few of those would be a fault of ours.
      const givenUp = ended.filter((run) => run.status !== 'completed');
      for (const run of givenUp) expect(run).toMatchObject({ status: 'failed', reason: deaths });
      expect(givenUp.length).toBeLessThanOrEqual(fewGivenUp);
      const mails = (await house.doubles.control.mails()).filter((mail) => isOurs(mail.to[0] ?? ''));
      const sent = mails.map((mail) => `${mail.to[0] ?? ''} ${mail.subject}`);
      expect(new Set(sent).size, 'a person got the same words twice').toBe(sent.length);
      // A kill between the last byte and its reply leaves an effect with an unknown outcome; each is listed, none is
      // repeated.
      const unknown = await unknownMails();
      expect(mails.length).toBeGreaterThanOrEqual(2 * (count - givenUp.length) - unknown);
      expect(mails.length).toBeLessThanOrEqual(2 * count);
      const people = house.doubles.journals.crm
        .entries()
        .filter((entry) => entry.kind === 'contacts.created' && isOurs(entry.key));
      expect(new Set(people.map((entry) => entry.key)).size, 'a person is in the CRM twice').toBe(people.length);
      expect(people.length).toBeGreaterThanOrEqual(count - givenUp.length);
      return `${count} runs, ${givenUp.length} given up, ${mails.length} mails, ${unknown} unknown`;
    },
  };

  async function unknownMails(): Promise<number> {
    const rows = await kysely(house.database.system)
      .selectFrom('effect')
      .innerJoin('run', 'run.id', 'effect.run_id')
      .select('effect.id')
      .where('run.kind', '=', 'journey')
      .where('effect.state', '=', 'unknown')
      .execute();
    return rows.length;
  }
}
