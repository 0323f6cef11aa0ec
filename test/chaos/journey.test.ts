import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journey.ts';
import { createClient, type Client } from '../../sdk/client.ts';
import { startHouse, type House } from '../support/house.ts';
import { publishJourney, sampleEvent } from '../support/journeys.ts';
import { chaosSeed, storm, untilDone } from './storm.ts';

const contacts = Array.from({ length: 40 }, (_, index) => `c${index}`);
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

describe('journeys in a storm', () => {
  let house: House;
  let client: Client;
  beforeAll(async () => {
    house = await startHouse();
  }, 120_000);
  afterAll(() => house?.stop());

  /** Everything that people do: approve what waits for them, log in when the journey waits for it. */
  async function act(key: string): Promise<boolean> {
    const { items: gates } = await client.gates.list({ status: 'open', limit: 200 });
    for (const gate of gates) {
      await client.gates
        .decide(gate.id, { outcome: 'approve', round: gate.round, expectedHash: gate.contentHash })
        .catch(() => undefined);
    }
    const { items: runs } = await client.runs.list({ journey: 'storm', limit: 200 });
    const waiting = runs.filter((run) => run.currentStep === 'login' && run.status === 'waiting');
    if (waiting.length > 0) {
      const events = waiting.map((run) => sampleEvent(`login-${run.id}`, 'LoggedIn', run.contact?.externalId ?? ''));
      await house.api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    }
    return runs.length === contacts.length && runs.every((run) => run.endedAt !== null);
  }

  it('all end as they should, and no mail is sent twice', async () => {
    const seed = chaosSeed();
    const key = await house.api.key([
      'contacts:write',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'gates:read',
      'gates:decide',
      'effects:read',
      'role:approver',
    ]);
    client = createClient({ baseUrl: house.url, key });
    await publishJourney(house.api, key, definition);
    await house.doubles.control.configureLlm({ latencyMs: 200 });
    for (const contact of contacts) await client.contacts.put(contact, { email: `${contact}@example.com` });
    const events = contacts.map((contact) => sampleEvent(`up-${contact}`, 'SignedUp', contact));
    await untilDone(
      'the events are taken in',
      async () => (await house.api.call({ method: 'POST', url: '/v1/events', key, body: { events } })).status === 202,
      30_000,
    );
    const began = Date.now();
    const [kills] = await Promise.all([
      storm(house, seed),
      untilDone('every journey has ended', () => act(key), 150_000),
    ]);

    const { items: runs } = await client.runs.list({ journey: 'storm', limit: 200 });
    expect(runs.map((run) => run.status)).toEqual(contacts.map(() => 'completed'));
    const mails = await house.doubles.control.mails();
    const ids = mails.map((mail) => mail.messageId);
    expect(new Set(ids).size, 'a mail came twice').toBe(ids.length);
    const sent = mails.map((mail) => `${mail.to[0] ?? ''} ${mail.subject}`);
    expect(new Set(sent).size, 'a person got the same words twice').toBe(sent.length);
    // A kill between the last byte and its reply leaves an effect of which nobody knows; each is listed, none is repeated.
    const unknown = (
      await house.database.system.selectFrom('effect').select('id').where('state', '=', 'unknown').execute()
    ).length;
    expect(mails.length).toBeGreaterThanOrEqual(2 * contacts.length - unknown);
    expect(mails.length).toBeLessThanOrEqual(2 * contacts.length);
    const people = house.doubles.journals.crm
      .entries()
      .filter((entry) => entry.kind.toLowerCase().startsWith('contact') && entry.kind.endsWith('.created'));
    expect(people).toHaveLength(contacts.length);
    console.log(
      `journeys in a storm: seed ${seed}, ${kills} kills, ${runs.length} runs in ${Math.round((Date.now() - began) / 1_000)} s, ${mails.length} mails, ${unknown} unknown`,
    );
  }, 240_000);
});
