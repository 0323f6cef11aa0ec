import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { LlmFault, MailFault } from '../../local/control/faults.schema.ts';
import { eventually } from '../support/eventually.ts';
import { publishJourney } from '../support/journeys.ts';
import { useInstallation } from '../support/use-installation.ts';

const literal = (value: string) => ({ kind: 'literal', value }) as never;
const fallback = { text: 'Welcome' };

/** Asks the model, with words of its own if that fails, and sends a mail. */
const definition: JourneyDefinition = {
  engineVersion: 1,
  slug: 'faults',
  name: 'Faults',
  entry: [{ event: 'Never' }],
  reentry: 'once',
  exitWhen: [],
  steps: [
    {
      kind: 'llm',
      id: 'subject',
      prompt: { kind: 'inline', instructions: 'Write a subject line.' },
      input: { name: { kind: 'contact', path: ['name'] } as never },
      output: {
        type: 'object',
        additionalProperties: false,
        required: ['text'],
        properties: { text: { type: 'string' } },
      },
      budgetMicros: 50_000,
      fallback,
    },
    { kind: 'email', id: 'hello', content: { kind: 'inline', subject: literal('Hello'), markdown: 'Hello' } },
    { kind: 'exit', id: 'end', reason: 'all done' },
  ],
};

describe('a journey whose services fail', () => {
  let key: string;
  const installation = useInstallation(async ({ api }) => {
    key = await api.key([
      'contacts:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'runs:operate',
    ]);
    await publishJourney(api, key, definition);
  });

  type Step = {
    step: string;
    visit: number;
    status: string;
    detail: Record<string, unknown>;
    effects: { state: string; attempt: number }[];
  };
  type Ended = {
    url: string;
    name: string;
    status: string;
    reason: string | null;
    steps: Record<string, Step>;
    mails: number;
  };

  /** Runs the journey for a contact of its own, under faults that affect no other run. */
  async function runUnder(fault: (LlmFault | MailFault) | null): Promise<Ended> {
    const { api, doubles } = installation;
    const name = randomUUID();
    await api.call({
      method: 'PUT',
      url: `/v1/contacts/${name}`,
      key,
      body: { email: `${name}@example.com`, attributes: { name } },
    });
    if (fault) await doubles.addFault({ ...fault, match: name });
    const started = await api.call({ method: 'POST', url: '/v1/journeys/faults/runs', key, body: { contact: name } });
    return endOf(`/v1/runs/${String(started.json['runId'])}`, name);
  }

  /** Waits for the end of a run. */
  async function endOf(url: string, name: string): Promise<Ended> {
    const { api, doubles } = installation;
    const run = await eventually('the end', async () => {
      const { json } = await api.call({ url, key });
      return json['endedAt'] !== null && json;
    });
    const { json } = await api.call({ url: `${url}/steps`, key });
    const mails = (await doubles.mails()).filter((mail) => mail.to.includes(`${name}@example.com`));
    return {
      url,
      name,
      status: String(run['status']),
      reason: run['reason'] as string | null,
      steps: Object.fromEntries((json['items'] as Step[]).map((step) => [step.step, step])),
      mails: mails.length,
    };
  }

  const service = 'llm' as const;
  it.concurrent.each<[string, LlmFault]>([
    ['429 with Retry-After', { service, fault: 'status', status: 429, retryAfterSeconds: 1, count: 1 }],
    ['429 without Retry-After', { service, fault: 'status', status: 429, count: 1 }],
    ['500', { service, fault: 'status', status: 500, count: 2 }],
    ['a connection that is reset', { service, fault: 'reset', count: 1 }],
    ['an answer that breaks off', { service, fault: 'cutBody', count: 1 }],
  ])('asks again after %s, and goes on', async (_, fault) => {
    const ended = await runUnder(fault);
    expect(ended).toMatchObject({ status: 'exited', mails: 1 });
    expect(ended.steps['subject']).toMatchObject({ status: 'done' });
    expect(ended.steps['subject']?.detail).not.toHaveProperty('usedFallback');
  });

  it.concurrent.each<[string, LlmFault]>([
    ['JSON that is cut off', { service, fault: 'cutContent' }],
    ['an answer of another shape', { service, fault: 'wrongSchema' }],
    ['a refusal', { service, fault: 'refusal' }],
    ['an empty answer', { service, fault: 'empty' }],
    ['an answer that is too long', { service, fault: 'length' }],
    ['a request that the service refuses', { service, fault: 'status', status: 400 }],
  ])('takes the words it has for %s, says so, and goes on', async (_, fault) => {
    const ended = await runUnder(fault);
    expect(ended).toMatchObject({ status: 'exited', mails: 1 });
    expect(ended.steps['subject']?.detail).toMatchObject({ usedFallback: true });
    expect(String(ended.steps['subject']?.detail['message'])).not.toBe('');
  });

  const mail = 'mail' as const;
  it.concurrent.each<[string, MailFault]>([
    ['a 451 at the recipient', { service: mail, fault: 'reply', at: 'rcpt', code: 451, count: 1 }],
    ['a drop before the message', { service: mail, fault: 'drop', at: 'data', count: 1 }],
    ['a 452 after the final dot', { service: mail, fault: 'reply', at: 'dot', code: 452, count: 1 }],
  ])('sends the mail once, after %s', async (_, fault) => {
    const ended = await runUnder(fault);
    expect(ended).toMatchObject({ status: 'exited', mails: 1 });
    expect(ended.steps['hello']?.effects).toMatchObject([{ state: 'done' }]);
  });

  it('does not send a second one where the connection drops after the final dot, and goes on', async () => {
    const ended = await runUnder({ service: mail, fault: 'drop', at: 'dot', count: 1 });
    expect(ended).toMatchObject({ status: 'exited', mails: 1 });
    expect(ended.steps['hello']?.effects).toMatchObject([{ state: 'unknown' }]);
  });

  it('sends the mail once when a run that failed is taken up, in the same run (journeys F4)', async () => {
    const { api } = installation;
    const failed = await runUnder({ service: mail, fault: 'reply', at: 'rcpt', code: 550, count: 1 });
    expect(failed).toMatchObject({ status: 'failed', mails: 0 });
    const body = { kind: 'retry', reason: 'the address works now' };
    const retried = await api.call({ method: 'POST', url: `${failed.url}/operations`, key, body });
    expect(retried.status).toBe(202);
    const ended = await endOf(failed.url, failed.name);
    expect(ended).toMatchObject({ status: 'exited', reason: 'all done', mails: 1 });
    expect(ended.steps['hello']).toMatchObject({ visit: 2, status: 'done', effects: [{ state: 'done', attempt: 1 }] });
  });

  it('ends with the reason where the mail server refuses for good', async () => {
    const ended = await runUnder({ service: mail, fault: 'reply', at: 'rcpt', code: 550 });
    expect(ended).toMatchObject({ status: 'failed', mails: 0 });
    expect(ended.reason).not.toBeNull();
    expect(ended.steps['hello']).toMatchObject({ status: 'failed', effects: [{ state: 'rejected' }] });
  });
});
