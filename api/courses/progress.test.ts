import { beforeAll, describe, expect, it } from 'vitest';
import { shortRun } from '../../test/support/courses.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

describe('progress over HTTP', () => {
  const { database, api } = useTestApi();
  let key: string;
  beforeAll(async () => {
    key = await api.key(['courses:write', 'enrollments:write', 'progress:write']);
    const body = { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } };
    await api.call({ method: 'PUT', url: '/v1/courses/sql', key, body });
  });

  /** Enrolls a new learner in a new course run of that name. */
  async function enrolled(who: string, run: string): Promise<{ id: string; runId: string }> {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    await api.call({ method: 'PUT', url: `/v1/courses/sql/runs/${run}`, key, body: { ...shortRun, endsAt } });
    await kysely(database.system)
      .insertInto('contact')
      .values({ workspace_id: database.workspaceId, external_id: who, email: `${who}@example.com` })
      .execute();
    const body = { course: 'sql', run, contact: who };
    const { json } = await api.call({ method: 'POST', url: '/v1/enrollments', key, body });
    return { id: String(json['id']), runId: String(json['runId']) };
  }
  const inbox = (runId: string) =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'ref', 'payload'])
      .where('run_id', '=', runId)
      .where('kind', '=', 'progress')
      .execute();

  it('counts progress once, and refuses each odd or untimely piece by itself (courses F21, C8)', async () => {
    const { id, runId } = await enrolled('cem', 'autumn');
    const occurredAt = new Date().toISOString();
    const of = { enrollment: id, verb: 'progressed', occurredAt };
    const report = async (...events: unknown[]) =>
      (await api.call({ method: 'POST', url: '/v1/progress', key, body: { events } })).json;
    const is = (facets: { lifecycle?: string; access?: string; ended_at?: Date }) =>
      kysely(database.system).updateTable('enrollment').set(facets).where('id', '=', id).execute();

    expect(await report({ ...of, id: 'p0', verb: 'completed' })).toMatchObject({
      accepted: 0,
      rejected: [{ index: 0, code: 'enrollment.noAccess' }],
    });
    await is({ lifecycle: 'active', access: 'full' });
    const unknown = '00000000-0000-7000-8000-000000000000';
    const events = [
      { ...of, id: 'p1', progressPercent: 66.6667 },
      { ...of, id: 'p1', progressPercent: 66.6667 },
      { ...of, id: 'p2', enrollment: unknown },
      { ...of, id: 'p3', progressPercent: 101 },
      { ...of, id: 'p4\u0000' },
      'a text',
    ];
    expect(await report(...events)).toMatchObject({
      accepted: 1,
      duplicates: 1,
      rejected: [
        { index: 2, code: 'enrollment.notFound' },
        { index: 3, code: 'progress.invalid', message: expect.stringContaining('progressPercent') },
        { index: 4, code: 'text.unusable' },
        { index: 5, code: 'progress.invalid' },
      ],
    });
    const payload = { verb: 'progressed', progressPercent: 66.6667 };
    expect(await inbox(runId)).toEqual([{ kind: 'progress', ref: 'p1', payload }]);

    await is({ lifecycle: 'withdrawing', access: 'suspended' });
    expect(await report({ ...of, id: 'p5' })).toMatchObject({ rejected: [{ code: 'enrollment.noAccess' }] });
    await is({ lifecycle: 'ended', ended_at: new Date() });
    expect(await report({ ...of, id: 'p6' })).toMatchObject({ rejected: [{ code: 'enrollment.ended' }] });
  });

  it('takes what was learned before the end of the course run from a report of after it (micromasters 2252)', async () => {
    const put = (endsAt: Date) => {
      const body = { ...shortRun, endsAt: endsAt.toISOString() };
      return api.call({ method: 'PUT', url: '/v1/courses/sql/runs/ends', key, body });
    };
    const { id, runId } = await enrolled('lena', 'ends');
    const run = { workspace_id: database.workspaceId, run_id: runId };
    const end = async (outcome: string) => {
      const ended = { ended_at: new Date(), outcome };
      await kysely(database.system)
        .updateTable('enrollment')
        .set({ ...ended, lifecycle: 'ended' })
        .where('id', '=', id)
        .execute();
      await kysely(database.system)
        .updateTable('run')
        .set({ ...ended, status: 'exited' })
        .where('id', '=', run.run_id)
        .execute();
    };
    await kysely(database.system)
      .insertInto('run_turn')
      .values({ ...run, turn: 0, generation: 0, state: '{}', at: new Date() })
      .execute();
    const endsAt = new Date(Date.now() - 60_000);
    expect((await put(endsAt)).status).toBe(200);
    const report = async (key_: string, agoMs: number) => {
      const occurredAt = new Date(endsAt.getTime() - agoMs).toISOString();
      const events = [{ id: key_, enrollment: id, verb: 'completed', occurredAt }];
      return (await api.call({ method: 'POST', url: '/v1/progress', key, body: { events } })).json;
    };
    await end('withdrawn');
    expect(await report('late-1', 1_000)).toMatchObject({ rejected: [{ code: 'enrollment.ended' }] });
    await end('lapsed');
    expect(await report('late-2', -1_000)).toMatchObject({ rejected: [{ code: 'enrollment.ended' }] });
    expect(await report('late-3', 1_000)).toMatchObject({ accepted: 1 });
    expect((await inbox(run.run_id)).map(({ ref }) => ref)).toContain('late-3');
    const live = kysely(database.system).selectFrom('run').select('ended_at').where('id', '=', run.run_id);
    expect(await live.executeTakeFirst()).toEqual({ ended_at: null });
  });
});
