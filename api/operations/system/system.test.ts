import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { endLife, live, noteLastWords, watchDeaths, type WorkerLife } from '../../../platform/db/runs/worker-lives.ts';
import { newId } from '../../../platform/ids.ts';

describe('workers that keep dying', () => {
  const { database, api } = useTestApi();
  let key: string;
  let foreign: string;
  beforeAll(async () => {
    const scopes = ['runs:read', 'runs:operate'] as const;
    key = await api.key([...scopes]);
    foreign = await api.key([...scopes], await database.addWorkspace());
  });

  async function begin(): Promise<WorkerLife> {
    const life = { id: newId(), process: 'host/1' };
    await live(database.system, life);
    return life;
  }

  /** Moves the start of a life into the past, or of all, and the last beat too unless the worker is alive. */
  async function age(seconds: number, { alive, life }: { alive?: WorkerLife; life?: WorkerLife } = {}): Promise<void> {
    await sql`update worker_life set started_at = started_at - make_interval(secs => ${seconds}),
        seen_at = case when id = ${alive?.id ?? null}::uuid then seen_at else seen_at - make_interval(secs => ${seconds}) end
      where ${life?.id ?? null}::uuid is null or id = ${life?.id ?? null}::uuid`.execute(kysely(database.system));
  }

  async function die(times: number): Promise<void> {
    for (let count = 0; count < times; count += 1) await age(21, { life: await begin() });
    await watchDeaths(database.system);
  }

  async function seenBy(caller: string): Promise<{ isSaid: unknown; messages: string[]; ids: string[] }> {
    const system = await api.call({ url: '/v1/system', key: caller });
    const { json } = await api.call({ url: '/v1/incidents?state=open', key: caller });
    const items = json['items'] as { id: string; kind: string; message: string }[];
    const found = items.filter(({ kind }) => kind === 'worker.dying');
    return {
      isSaid: system.json['areWorkersDying'],
      messages: found.map(({ message }) => message),
      ids: found.map(({ id }) => id),
    };
  }

  const quiet = { isSaid: false, messages: [], ids: [] };

  it('are none while they live, were asked to end, or had lived for ten minutes', async () => {
    for (let count = 0; count < 6; count += 1) {
      const life = await begin();
      await endLife(database.system, life);
      // A pass that was under way when the process was asked to end.
      await live(database.system, life);
    }
    await age(21);
    for (let count = 0; count < 6; count += 1) await age(601, { life: await begin() });
    for (let count = 0; count < 6; count += 1) await begin();
    await watchDeaths(database.system);
    expect(await seenBy(key)).toEqual(quiet);
    await kysely(database.system).deleteFrom('worker_life').execute();
  });

  it('are an incident in every workspace at the fifth death, and again only when one more has died', async () => {
    await die(4);
    expect(await seenBy(key)).toEqual(quiet);
    const last = await begin();
    await noteLastWords(database.system, last, 'no such queue');
    await watchDeaths(database.system);
    await watchDeaths(database.system);
    for (const caller of [key, foreign]) {
      const seen = await seenBy(caller);
      expect(seen).toMatchObject({ isSaid: true, messages: [expect.stringContaining('5 within ten minutes')] });
      expect(seen.messages[0]).toContain('“no such queue”');
    }

    const { ids } = await seenBy(key);
    await api.call({ method: 'POST', url: `/v1/incidents/${ids[0]}/resolution`, key, body: { note: 'More memory' } });
    await watchDeaths(database.system);
    expect(await seenBy(key)).toEqual(quiet);
    const one = await begin();
    await noteLastWords(database.system, one, 'out of memory');
    await watchDeaths(database.system);
    expect(await seenBy(key)).toMatchObject({ isSaid: true, messages: [expect.stringContaining('“out of memory”')] });
  });

  it('are over when one has lived for ten minutes in which none has died', async () => {
    const survivor = await begin();
    await age(595, { alive: survivor });
    await watchDeaths(database.system);
    expect(await seenBy(key)).toMatchObject({ isSaid: true });
    await age(10, { alive: survivor });
    const young = await begin();
    await noteLastWords(database.system, young, 'once more');
    await watchDeaths(database.system);
    expect(await seenBy(key)).toMatchObject({ isSaid: true });
    await age(601, { alive: survivor });
    await watchDeaths(database.system);
    expect(await seenBy(key)).toEqual(quiet);
    expect(await seenBy(foreign)).toEqual(quiet);
  });
});
