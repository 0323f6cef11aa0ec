import { beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../test/support/gates.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { newId } from '../../platform/ids.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

describe('/v1/effects', () => {
  const { database, api } = useTestApi();
  let key: string;
  beforeAll(async () => {
    key = await api.key(['effects:read', 'effects:resolve', 'audit:read']);
  });

  async function addEffect(state: string): Promise<string> {
    const { runId } = await openTestGate(database);
    const row = await kysely(database.system)
      .insertInto('effect')
      .values({
        workspace_id: database.workspaceId,
        key: newId(),
        run_id: runId,
        step: 'hello',
        visit: 1,
        generation: 0,
        kind: 'email',
        mode: 'atMostOnce',
        state,
        request: JSON.stringify({ to: 'ana@example.com' }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return row.id;
  }
  const resolve = (id: string, happened: boolean) =>
    api.call({
      method: 'POST',
      url: `/v1/effects/${id}/resolutions`,
      key,
      body: { happened, reason: 'The mail server has it' },
    });

  it('lists those of which nobody knows, and takes what a person found out, once', async () => {
    const id = await addEffect('unknown');
    const list = await api.call({ url: '/v1/effects?state=unknown', key });
    expect(list.json['items']).toEqual([expect.objectContaining({ id, state: 'unknown', step: 'hello' })]);
    expect(list.text).not.toContain('ana@example.com');
    expect(await resolve(id, true)).toMatchObject({
      status: 200,
      json: { state: 'resolved', resolution: { happened: true, reason: 'The mail server has it' } },
    });
    expect((await resolve(id, false)).status).toBe(409);
    expect((await api.call({ url: '/v1/effects', key })).json['items']).toEqual([]);
    const audit = await api.call({ url: `/v1/audit?subjectId=${id}`, key });
    expect(audit.json['items']).toEqual([expect.objectContaining({ act: 'effect.resolved' })]);
  });

  it('takes no word about an effect whose end is known', async () => {
    expect((await resolve(await addEffect('done'), true)).status).toBe(409);
  });
});
