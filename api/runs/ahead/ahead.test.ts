import { beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../../platform/db/core/kysely.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../../test/support/journeys.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { newId } from '../../../platform/ids.ts';

describe('GET /v1/runs/{id}/ahead', () => {
  const { database, api } = useTestApi();
  let key: string;
  let id: string;
  const ahead = (runId: string): Promise<Answer> => api.call({ url: `/v1/runs/${runId}/ahead`, key });

  beforeAll(async () => {
    key = await api.key(['events:write', 'journeys:read', 'journeys:write', 'journeys:publish', 'runs:read']);
    await publishJourney(api, key, sampleJourney('ahead', { exitWhen: [{ event: 'Left' }] }));
    const events = [sampleEvent('ahead-1', 'SignedUp', 'ana')];
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    id = (await journeyRunsOf(database, 'ana'))[0]?.id ?? '';
  });

  it('says what would happen to a run next, without doing it (drawings, the run)', async () => {
    const { status, json } = await ahead(id);
    expect(status).toBe(200);
    expect(json['ways']).toMatchObject([
      { when: { kind: 'nothing', name: null }, outcome: 'completed' },
      { when: { kind: 'event', name: 'LoggedIn' }, outcome: 'completed' },
      { when: { kind: 'event', name: 'Left' }, outcome: 'exited', reason: 'event Left' },
    ]);
    const row = await kysely(database.system)
      .selectFrom('run')
      .select(['turn', 'status'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ turn: 0, status: 'starting' });
  });

  it('says nothing of a run that is over, and knows none of elsewhere', async () => {
    const over = { status: 'completed', ended_at: new Date() };
    await kysely(database.system).updateTable('run').set(over).where('id', '=', id).execute();
    expect((await ahead(id)).json['ways']).toEqual([]);
    expect((await ahead(newId())).json).toMatchObject({ status: 404, code: 'run.notFound' });
  });
});
