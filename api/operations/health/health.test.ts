import { describe, expect, it } from 'vitest';
import { createTestApi } from '../../../test/support/api.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { queueNames } from '../../../contracts/core/queues.ts';
import { beat } from '../../../platform/db/runs/heartbeats.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { createDb } from '../../../platform/db/core/pool.ts';

describe('probes and metrics', () => {
  const { database, api } = useTestApi();

  const ready = () => api.call({ url: '/health/ready' });

  it('say that the process lives, also without a key', async () => {
    expect((await api.call({ url: '/health/live' })).json).toEqual({ status: 'ok' });
  });

  it('name the queues that no worker serves, as soon as the last beat is 20 s old', async () => {
    expect((await ready()).json).toMatchObject({ status: 'degraded', queuesWithoutWorker: [...queueNames] });
    await beat(database.system, { process: 'one', queues: [...queueNames], build: 'test' });
    expect(await ready()).toMatchObject({ status: 200, json: { status: 'ok', queuesWithoutWorker: [] } });
    await kysely(database.system)
      .updateTable('worker_heartbeat')
      .set({ seen_at: new Date(Date.now() - 21_000) })
      .where('queue', '=', 'render')
      .execute();
    expect(await ready()).toMatchObject({ status: 200, json: { status: 'degraded', queuesWithoutWorker: ['render'] } });
  });

  it('answer 503 within seconds when Temporal or Postgres is away', async () => {
    const lonely = await createTestApi(database, { TEMPORAL_ADDRESS: '127.0.0.1:9' });
    expect(await lonely.call({ url: '/health/ready' })).toMatchObject({
      status: 503,
      json: { status: 'unavailable', temporal: 'away', postgres: 'ok' },
    });
    const key = await lonely.key(['runs:read']);
    expect((await lonely.call({ url: '/v1/system', key })).json).toMatchObject({ unavailable: ['temporal'] });
    await lonely.stop();

    const DATABASE_URL = 'postgres://nobody@127.0.0.1:9/none';
    const app = createDb({ ...database.config, DATABASE_URL }, 'tl_app', 1);
    const cut = await createTestApi({ ...database, app });
    expect(await cut.call({ url: '/health/ready' })).toMatchObject({
      status: 503,
      json: { status: 'unavailable', postgres: 'away', migrations: 'unknown' },
    });
    expect((await cut.call({ url: '/health/live' })).status).toBe(200);
    expect((await cut.call({ url: '/metrics' })).status).toBe(200);
    await cut.stop();
    await app.destroy();
  });

  it('count requests by route, and what waits in Postgres', async () => {
    await api.call({ url: '/v1/runs/01a2123e-583c-76d6-bd67-495f488e6203' });
    const { text } = await api.call({ url: '/metrics' });
    expect(text).toContain('throughline_http_request_seconds_count{method="GET",route="/v1/runs/:id",status="401"} 1');
    expect(text).toMatch(/throughline_outbox_waiting \d/);
    expect(text).toContain('process_cpu_seconds_total');
  });
});
