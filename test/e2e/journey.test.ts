import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startJourneyRun } from '../support/journeys.ts';
import { recordHistory } from '../support/record-history.ts';
import { untilRun } from '../support/toy-runs.ts';
import { useInstallation } from '../support/use-installation.ts';

const definition: JourneyDefinition = {
  engineVersion: 1,
  slug: 'welcome',
  name: 'Welcome',
  entry: [{ event: 'SignedUp' }],
  reentry: 'once',
  exitWhen: [{ event: 'Closed' }],
  steps: [
    {
      kind: 'llm',
      id: 'subject',
      prompt: { kind: 'inline', instructions: 'Write a subject line.' },
      input: { name: { kind: 'contact', path: ['firstName'] } as never },
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
      show: { kind: 'literal', value: 'x' } as never,
      outcomes: [
        { name: 'approve', steps: [] },
        { name: 'skip', steps: [{ kind: 'exit', id: 'no', reason: 'refused' }] },
      ],
    },
    {
      kind: 'email',
      id: 'hello',
      content: {
        kind: 'inline',
        subject: { kind: 'literal', value: 'Welcome' } as never,
        markdown: 'Hello {{ contact.firstName }}',
      },
    },
    {
      kind: 'crm',
      id: 'mark',
      upsert: 'contact',
      set: { lifecycle: { kind: 'literal', value: 'onboarding' } as never },
    },
  ],
};

describe('a journey on real parts', () => {
  let database: TestDatabase;
  const installation = useInstallation((opened) => void ({ database } = opened));

  const startRun = (): Promise<{ runId: string; contactId: string }> => startJourneyRun(database, definition);

  it('asks a model, waits for a person, sends one mail and updates the CRM', async () => {
    const { runId, contactId } = await startRun();
    await untilRun(database, runId, 'asks a person', (run) => run.waiting_for === 'person');
    const gate = await kysely(database.system)
      .selectFrom('gate')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, {
        workspaceId: database.workspaceId,
        runId,
        kind: 'gate',
        ref: gate.id,
        payload: { step: 'check', visit: 1, round: 1, generation: 0, outcome: 'approve', comment: null, form: null },
      }),
    );
    const ended = await untilRun(database, runId, 'ends', (run) => run.ended_at !== null);
    expect(ended).toMatchObject({ status: 'completed' });
    const { doubles, temporal } = installation;
    const mails = await doubles.mails();
    expect(mails.filter(({ to }) => to.includes(`${contactId}@example.com`))).toHaveLength(1);
    const effects = await kysely(database.system)
      .selectFrom('effect')
      .select(['kind', 'state', 'cost_micros'])
      .where('run_id', '=', runId)
      .orderBy('id')
      .execute();
    expect(effects.map((effect) => `${effect.kind} ${effect.state}`)).toEqual(['llm done', 'email done', 'crm done']);
    const crm = (await doubles.journal('crm')).filter((entry) => JSON.stringify(entry).includes(contactId));
    expect(crm).not.toEqual([]);
    await recordHistory(temporal, ended.workflow_id, 'journey-display-2026-11');
    await eventually(
      'Temporal has closed it',
      async () => (await temporal.client.workflow.getHandle(ended.workflow_id).describe()).status.name === 'COMPLETED',
    );
  });

  it('has another model answer where its own is not served, and the effect says so', async () => {
    const [ask] = definition.steps;
    const steps = [{ ...ask, model: 'gpt-4o', fallbackModels: ['stub-small'] } as JourneyDefinition['steps'][number]];
    const { runId } = await startJourneyRun(database, { ...definition, steps });
    await untilRun(database, runId, 'ends', (run) => run.ended_at !== null);
    const effect = await kysely(database.system)
      .selectFrom('effect')
      .select(['state', 'error', 'attempt'])
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    const message = expect.stringMatching(
      /^stub-small answered instead of gpt-4o: .*does not know this model/,
    ) as string;
    expect(effect).toMatchObject({ state: 'done', attempt: 1, error: { code: 'llm.otherModel', message } });
  });
});
