import { beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../../test/support/gates.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { openIncident } from '../../../platform/db/runs/incidents.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

describe('/v1/incidents', () => {
  const { database, api } = useTestApi();
  let key: string;
  beforeAll(async () => {
    key = await api.key(['runs:read', 'runs:operate', 'audit:read']);
  });

  const outboxOf = (runId: string) =>
    kysely(database.system)
      .selectFrom('outbox')
      .select('id')
      .where('run_id', '=', runId)
      .where('parked_at', 'is', null)
      .execute();

  it('are listed, and resolved once, which wakes the run and is audited', async () => {
    const { workspaceId, system } = database;
    const { runId } = await openTestGate(database);
    await kysely(system).updateTable('outbox').set({ parked_at: new Date() }).where('run_id', '=', runId).execute();
    await openIncident(system, { workspaceId, runId, kind: 'outbox.parked', message: 'It cannot be woken' });
    await openIncident(system, { workspaceId, runId, kind: 'outbox.parked', message: 'It cannot be woken' });
    const list = await api.call({ url: `/v1/incidents?state=open&runId=${runId}`, key });
    const [incident, ...others] = list.json['items'] as { id: string }[];
    expect(others).toEqual([]);

    const url = `/v1/incidents/${incident?.id ?? ''}/resolution`;
    expect(await outboxOf(runId)).toHaveLength(0);
    const resolve = () => api.call({ method: 'POST', url, key, body: { note: 'Temporal was misconfigured' } });
    expect(await resolve()).toMatchObject({ status: 200, json: { state: 'resolved' } });
    expect(await outboxOf(runId)).toHaveLength(1);
    expect(await resolve()).toMatchObject({ status: 200, json: { state: 'resolved' } });
    expect(await outboxOf(runId)).toHaveLength(1);
    const audit = await api.call({ url: `/v1/audit?subjectId=${incident?.id ?? ''}`, key });
    expect(audit.json['items']).toHaveLength(1);
  });

  it('are hidden from other workspaces and need the right', async () => {
    const { workspaceId, system } = database;
    await openIncident(system, { workspaceId, runId: null, kind: 'test.hidden', message: 'x' });
    const list = await api.call({ url: '/v1/incidents?state=open', key });
    const [incident] = list.json['items'] as { id: string }[];
    const url = `/v1/incidents/${incident?.id ?? ''}/resolution`;
    const foreign = await api.key(['runs:read', 'runs:operate'], await database.addWorkspace());
    expect((await api.call({ method: 'POST', url, key: foreign, body: { note: 'x' } })).status).toBe(404);
    const reader = await api.key(['runs:read']);
    expect((await api.call({ method: 'POST', url, key: reader, body: { note: 'x' } })).status).toBe(403);
  });
});
