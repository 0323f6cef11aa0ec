import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journey.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { publishJourney, sampleEvent } from '../support/journeys.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const mail: JourneyDefinition['steps'][number] = {
  kind: 'email',
  id: 'hello',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' } as never, markdown: 'Hello' },
};

describe('an exit', () => {
  let database: TestDatabase;
  let worker: TestWorker;
  let api: TestApi;
  let key: string;
  let count = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    worker = await startTestWorker(database);
    api = await createTestApi(database);
    key = await api.key([
      'contacts:write',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });
  afterAll(async () => {
    await api?.stop();
    await worker?.stop();
    await database?.stop();
  });

  /** Runs a journey until `isThere`, lets its contact leave, and gives the run as it ends. */
  async function leaveWhile(
    step: JourneyDefinition['steps'][number],
    isThere: (run: Record<string, unknown>) => Promise<boolean> | boolean,
  ): Promise<{ run: Record<string, unknown>; steps: Record<string, unknown>[]; mails: number }> {
    count += 1;
    const [slug, contact] = [`exit-${count}`, `leaver-${count}`];
    const definition: JourneyDefinition = {
      engineVersion: 1,
      slug,
      name: 'Exit',
      entry: [{ event: 'Never' }],
      reentry: 'once',
      exitWhen: [{ event: 'Left' }],
      steps: [step, mail],
    };
    await publishJourney(api, key, definition);
    await api.call({ method: 'PUT', url: `/v1/contacts/${contact}`, key, body: { email: `${contact}@example.com` } });
    const started = await api.call({ method: 'POST', url: `/v1/journeys/${slug}/runs`, key, body: { contact } });
    const url = `/v1/runs/${String(started.json['runId'])}`;
    const until = (what: string, test: (run: Record<string, unknown>) => Promise<boolean> | boolean) =>
      eventually(what, async () => {
        const { json } = await api.call({ url, key });
        return (await test(json)) && json;
      });
    await until('is there', isThere);
    const events = [sampleEvent(`left-${count}`, 'Left', contact)];
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    const run = await until('has ended', (found) => found['endedAt'] !== null);
    const { json } = await api.call({ url: `${url}/steps`, key });
    const mails = (await worker.doubles.control.mails()).filter(({ to }) => to.includes(`${contact}@example.com`));
    return { run, steps: json['items'] as Record<string, unknown>[], mails: mails.length };
  }

  it('takes effect while a timer of days runs', async () => {
    const { run, mails } = await leaveWhile(
      { kind: 'delay', id: 'wait', for: 'P3D' },
      (found) => found['status'] === 'waiting',
    );
    expect(run).toMatchObject({ status: 'exited' });
    expect(mails).toBe(0);
  });

  it('takes effect while a step is tried again and again', async () => {
    await worker.doubles.control.addFault({ service: 'crm', fault: 'status', status: 503 });
    const tries = () =>
      database.system.selectFrom('effect').select('attempt').where('kind', '=', 'crm').executeTakeFirst();
    const { run, steps, mails } = await leaveWhile(
      { kind: 'crm', id: 'mark', upsert: 'contact', set: {} },
      async () => ((await tries())?.attempt ?? 0) >= 2,
    );
    await worker.doubles.control.clearFaults('crm');
    expect(run).toMatchObject({ status: 'exited' });
    expect(steps.find((step) => step['step'] === 'mark')).toMatchObject({ status: 'skipped' });
    expect(mails).toBe(0);
    const before = (await tries())?.attempt;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await tries())?.attempt).toBe(before);
  });

  it('takes effect while a call hangs', async () => {
    await worker.doubles.control.addFault({ service: 'llm', fault: 'hang' });
    const { run, mails } = await leaveWhile(
      {
        kind: 'llm',
        id: 'ask',
        prompt: { kind: 'inline', instructions: 'Write.' },
        input: {},
        output: {
          type: 'object',
          additionalProperties: false,
          required: ['text'],
          properties: { text: { type: 'string' } },
        },
        budgetMicros: 50_000,
      },
      (found) => found['currentStep'] === 'ask' && found['status'] === 'running',
    );
    await worker.doubles.control.clearFaults('llm');
    expect(run).toMatchObject({ status: 'exited' });
    expect(mails).toBe(0);
  });
});
