import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { eventually } from '../support/eventually.ts';
import { publishJourney, sampleEvent } from '../support/journeys.ts';
import { useInstallation } from '../support/use-installation.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

const mail: JourneyDefinition['steps'][number] = {
  kind: 'email',
  id: 'hello',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' } as never, markdown: 'Hello' },
};

describe('an exit', () => {
  let key: string;
  const installation = useInstallation(async ({ api }) => {
    key = await api.key([
      'contacts:write',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });

  /** Runs a journey until `isThere`, lets its contact leave, and gives the run as it ends. */
  async function leaveWhile(
    contact: string,
    step: JourneyDefinition['steps'][number],
    isThere: (run: Record<string, unknown>) => Promise<boolean> | boolean,
  ): Promise<{ run: Record<string, unknown>; steps: Record<string, unknown>[]; mails: number }> {
    const { api, doubles } = installation;
    const slug = `exit-${contact}`;
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
    const events = [sampleEvent(`left-${contact}`, 'Left', contact)];
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    const run = await until('has ended', (found) => found['endedAt'] !== null);
    const { json } = await api.call({ url: `${url}/steps`, key });
    const mails = (await doubles.mails()).filter(({ to }) => to.includes(`${contact}@example.com`));
    return { run, steps: json['items'] as Record<string, unknown>[], mails: mails.length };
  }

  it('takes effect while a timer of days runs', async () => {
    const { run, mails } = await leaveWhile(
      randomUUID(),
      { kind: 'delay', id: 'wait', for: 'P3D' },
      (found) => found['status'] === 'waiting',
    );
    expect(run).toMatchObject({ status: 'exited' });
    expect(mails).toBe(0);
  });

  it('takes effect while a step is tried again and again', async () => {
    const { database, doubles, temporal } = installation;
    const contact = randomUUID();
    await doubles.addFault({ service: 'crm', fault: 'status', status: 503, match: contact });
    const tries = async (): Promise<number> => {
      const effects = kysely(database.system).selectFrom('effect').select('attempt').where('kind', '=', 'crm');
      return (await effects.where('workspace_id', '=', database.workspaceId).executeTakeFirst())?.attempt ?? 0;
    };
    const { run, steps, mails } = await leaveWhile(
      contact,
      { kind: 'crm', id: 'mark', upsert: 'contact', set: {} },
      async () => (await tries()) >= 2,
    );
    const before = await tries();
    expect(run).toMatchObject({ status: 'exited' });
    expect(steps.find((step) => step['step'] === 'mark')).toMatchObject({ status: 'skipped' });
    expect(mails).toBe(0);
    // From then on Temporal asks for no further try.
    await eventually('closed in Temporal', async () => {
      const { status, raw } = await temporal.client.workflow.getHandle(String(run['workflowId'])).describe();
      return status.name === 'COMPLETED' && raw.pendingActivities?.length === 0;
    });
    expect(await tries()).toBe(before);
  });

  it('takes effect while a call hangs', async () => {
    const contact = randomUUID();
    await installation.doubles.addFault({ service: 'llm', fault: 'hang', match: contact });
    const { run, mails } = await leaveWhile(
      contact,
      {
        kind: 'llm',
        id: 'ask',
        prompt: { kind: 'inline', instructions: `Write to ${contact}.` },
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
    expect(run).toMatchObject({ status: 'exited' });
    expect(mails).toBe(0);
  });
});
