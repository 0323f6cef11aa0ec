import type { Gate } from '../../contracts/approvals/gates-api.schema.ts';
import type { GateSpec } from '../../contracts/core/machine.ts';
import { matchGates } from '../../platform/db/gates/gates.ts';
import { createRun } from '../../platform/db/runs/runs.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { Caller } from './caller.ts';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';

/** A run that waits at an open gate, as the engine leaves it; `spec` replaces parts of the gate, `requestedBy` is the member who wants the run. */
export async function openTestGate(
  database: Pick<TestDatabase, 'app' | 'workspaceId'>,
  { requestedBy, ...spec }: Partial<GateSpec> & { requestedBy?: string } = {},
  workspaceId = database.workspaceId,
): Promise<{ runId: string; gateId: string; contentHash: string }> {
  return inWorkspace(database.app, workspaceId, async (tx) => {
    const entryKey = newId();
    const { runId } = await createRun(tx, {
      workspaceId,
      kind: 'journey',
      title: 'Welcome',
      entryKey,
      subjectId: newId(),
      ...(requestedBy === undefined ? {} : { requestedBy }),
    });
    const run = await lockRun(tx, workspaceId, runId);
    if (!run) throw new Error('The run was just made');
    const gate: GateSpec = {
      step: 'approve',
      visit: 1,
      title: 'Send this subject?',
      outcomes: [
        { name: 'approve', label: 'Send it' },
        { name: 'reject', label: 'Write another', comment: 'required' },
      ],
      assignee: { kind: 'role', id: 'approver' },
      content: { subject: 'Hello <b>there</b>' },
      dueAt: null,
      onTimeout: null,
      ...spec,
    };
    await matchGates(tx, run, run.generation, [gate]);
    const row = await kysely(tx)
      .selectFrom('gate')
      .select(['id', 'content_hash'])
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    return { runId, gateId: row.id, contentHash: row.content_hash };
  });
}

/** Decides the open gate of a run's step over the API, as soon as there is one. */
export async function decideOverApi(
  api: Caller,
  key: string,
  runId: string,
  step: string,
  outcome: string,
): Promise<void> {
  const gate = await eventually(
    `the gate ${step}`,
    async () => {
      const { json } = await api.call({ url: `/v1/gates?status=open&runId=${runId}`, key });
      return (json['items'] as Gate[]).find((open) => open.step === step);
    },
    60_000,
  );
  const body = { outcome, round: gate.round, expectedHash: gate.contentHash };
  const answer = await api.call({ method: 'POST', url: `/v1/gates/${gate.id}/decisions`, key, body });
  if (answer.status !== 200) throw new Error(`The decision was refused: ${answer.text}`);
}
