import { beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../../test/support/gates.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { newId } from '../../../platform/ids.ts';
import { returnIncidents } from '../../../platform/db/incidents/owners.ts';
import { operatingFigures } from '../../../platform/db/incidents/operating-figures.ts';
import { addToIncident, closeIncident, keepIncidents, openIncident } from '../../../platform/db/runs/incidents.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';

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

  describe('that a member looks after (issue 14 §4, the drawing of incidents)', () => {
    const open = async (kind: string, size = 1): Promise<string> => {
      const { workspaceId, system } = database;
      await keepIncidents(system, kind, [{ workspaceId, message: `${kind} is wrong`, detail: { size }, size }]);
      const { json } = await api.call({ url: '/v1/incidents?state=open', key });
      const found = (json['items'] as { id: string; kind: string }[]).find((incident) => incident.kind === kind);
      return found?.id ?? '';
    };
    const grow = (kind: string, size: number) => {
      const { workspaceId, system } = database;
      return keepIncidents(system, kind, [{ workspaceId, message: `${kind} is worse`, detail: { size }, size }]);
    };
    const actsOf = async (id: string): Promise<string[]> => {
      const { json } = await api.call({ url: `/v1/incidents/${id}`, key });
      return (json['acts'] as { act: string }[]).map(({ act }) => act);
    };
    const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

    it('are taken and given back, seen by all and audited, and nobody takes one from another unseen', async () => {
      const id = await open('test.taken');
      const ana = await api.member(['operator']);
      const bo = await api.member(['operator']);
      const url = `/v1/incidents/${id}/owner`;
      const own = (cookie: string, memberId: string | null, was: string | null) =>
        api.call({ method: 'PUT', url, cookie, body: { memberId, was } });
      expect(await own(ana.cookie, ana.memberId, null)).toMatchObject({
        status: 200,
        json: { owner: { id: ana.memberId, name: 'Test operator' } },
      });
      // The answer was lost and it is asked again: nothing more happens.
      expect((await own(ana.cookie, ana.memberId, null)).status).toBe(200);
      expect(await own(bo.cookie, bo.memberId, null)).toMatchObject({
        status: 409,
        json: { code: 'incident.ownerChanged', owner: { id: ana.memberId } },
      });
      const mine = { url: '/v1/incidents?owner=me', cookie: ana.cookie };
      expect((await api.call(mine)).json['items']).toMatchObject([{ id }]);
      expect((await api.call({ url: '/v1/incidents?owner=me', key })).json['items']).toEqual([]);
      expect((await api.call({ url: '/v1/incidents/counts', cookie: ana.cookie })).json).toMatchObject({ mine: 1 });
      expect((await own(bo.cookie, bo.memberId, ana.memberId)).status).toBe(200);
      expect((await own(bo.cookie, ana.memberId, bo.memberId)).status).toBe(200);
      expect((await own(ana.cookie, null, ana.memberId)).json).toMatchObject({ owner: null });
      expect(await actsOf(id)).toEqual(['incident.givenBack', 'incident.given', 'incident.taken', 'incident.taken']);
      const missing = await own(ana.cookie, newId(), null);
      expect(missing).toMatchObject({
        status: 422,
        json: { errors: [{ path: 'memberId', code: 'incident.memberId' }] },
      });
    });

    it('have nobody again once a member is shut out', async () => {
      const id = await open('test.left');
      const cy = await api.member(['operator']);
      const body = { memberId: cy.memberId, was: null };
      await api.call({ method: 'PUT', url: `/v1/incidents/${id}/owner`, cookie: cy.cookie, body });
      await kysely(database.system)
        .updateTable('member')
        .set({ disabled_at: new Date() })
        .where('id', '=', cy.memberId)
        .execute();
      expect((await api.call({ url: `/v1/incidents/${id}`, key })).json).toMatchObject({ owner: null });
      const di = await api.member(['operator']);
      const taken = await api.call({
        method: 'PUT',
        url: `/v1/incidents/${id}/owner`,
        cookie: di.cookie,
        body: { memberId: di.memberId, was: null },
      });
      expect(taken.json).toMatchObject({ owner: { id: di.memberId } });
    });

    it('are ignored with a reason and come back when they grow', async () => {
      const id = await open('test.grows', 3);
      const url = `/v1/incidents/${id}/ignored`;
      const until = tomorrow();
      const ignored = await api.call({ method: 'PUT', url, key, body: { until, above: 5, reason: 'Known since May' } });
      expect(ignored).toMatchObject({
        status: 200,
        json: { state: 'ignored', ignored: { until, above: 5, reason: 'Known since May' } },
      });
      const listed = async (state: string) =>
        ((await api.call({ url: `/v1/incidents?state=${state}`, key })).json['items'] as { id: string }[]).some(
          (incident) => incident.id === id,
        );
      const figure = async () =>
        (await operatingFigures(database.app)).find(({ label }) => label === 'test.grows')?.value ?? 0;
      expect([await listed('open'), await listed('ignored'), await figure()]).toEqual([false, true, 0]);
      await grow('test.grows', 5);
      await returnIncidents(database.system);
      expect(await listed('ignored')).toBe(true);
      await grow('test.grows', 6);
      // At once, before any worker has looked.
      expect([await listed('open'), await listed('ignored'), await figure()]).toEqual([true, false, 1]);
      await returnIncidents(database.system);
      await grow('test.grows', 2);
      expect(await listed('open')).toBe(true);
      expect(await actsOf(id)).toEqual(['incident.grew', 'incident.ignored']);
    });

    it('come back when their time is over, or when a person wants it', async () => {
      const id = await open('test.times');
      const url = `/v1/incidents/${id}/ignored`;
      const ignore = () => api.call({ method: 'PUT', url, key, body: { until: tomorrow(), reason: 'Known' } });
      await ignore();
      expect((await api.call({ method: 'DELETE', url, key })).json).toMatchObject({ state: 'open', ignored: null });
      expect((await api.call({ method: 'DELETE', url, key })).status).toBe(200);
      await ignore();
      await kysely(database.system)
        .updateTable('incident')
        .set({ ignored_until: new Date(Date.now() - 1_000) })
        .where('id', '=', id)
        .execute();
      expect((await api.call({ url: `/v1/incidents/${id}`, key })).json).toMatchObject({
        state: 'open',
        ignored: null,
      });
      await returnIncidents(database.system);
      expect(await actsOf(id)).toEqual([
        'incident.returned',
        'incident.ignored',
        'incident.heeded',
        'incident.ignored',
      ]);
    });

    it('stay ignored while what they speak of comes and goes, until it is worse or a person has resolved it (a hostile reader)', async () => {
      const { workspaceId, system } = database;
      /** What opens an incident of one kind, and what ends it by itself. */
      const kinds = {
        'test.flaps': [() => grow('test.flaps', 2), () => keepIncidents(system, 'test.flaps', [])],
        'test.flapsToo': [
          () => openIncident(system, { workspaceId, runId: null, kind: 'test.flapsToo', message: 'x' }),
          () =>
            inWorkspace(database.app, workspaceId, (tx) =>
              closeIncident(tx, { workspaceId, runId: null, kind: 'test.flapsToo' }),
            ),
        ],
      } as const;
      const listed = async (state: string, kind: string) => {
        const { json } = await api.call({ url: `/v1/incidents?state=${state}`, key });
        return (json['items'] as { id: string; kind: string }[]).find((incident) => incident.kind === kind)?.id;
      };
      for (const [kind, [opens, ends]] of Object.entries(kinds)) {
        await opens();
        const first = (await listed('open', kind)) ?? '';
        const body = { until: tomorrow(), above: 5, reason: 'The weekend' };
        await api.call({ method: 'PUT', url: `/v1/incidents/${first}/ignored`, key, body });
        await ends();
        await opens();
        const again = (await listed('ignored', kind)) ?? '';
        expect([await listed('open', kind), again === first]).toEqual([undefined, false]);
        const { json } = await api.call({ url: `/v1/incidents/${again}`, key });
        expect(json).toMatchObject({ state: 'ignored', ignored: body });
        await api.call({ method: 'POST', url: `/v1/incidents/${again}/resolution`, key, body: { note: 'Mended' } });
        await opens();
        expect([await listed('ignored', kind), await listed('open', kind)]).toEqual([undefined, expect.any(String)]);
      }
      const id = (await listed('open', 'test.flaps')) ?? '';
      const body = { until: tomorrow(), above: 5, reason: 'The weekend' };
      await api.call({ method: 'PUT', url: `/v1/incidents/${id}/ignored`, key, body });
      await keepIncidents(system, 'test.flaps', []);
      await grow('test.flaps', 6);
      expect(await listed('open', 'test.flaps')).toEqual(expect.any(String));
    });

    it('grow while they are ignored also by a case in the same words, and no further once they are back (a hostile reader)', async () => {
      const { workspaceId, system } = database;
      const add = () => addToIncident(system, { workspaceId, runId: null, kind: 'test.same', message: 'The same' });
      await add();
      await add();
      const { json } = await api.call({ url: '/v1/incidents?state=open', key });
      const found = (json['items'] as { id: string; kind: string; size: number }[]).find(
        ({ kind }) => kind === 'test.same',
      );
      expect(found?.size).toBe(1);
      const url = `/v1/incidents/${found?.id ?? ''}`;
      const body = { until: tomorrow(), above: 2, reason: 'Known' };
      expect((await api.call({ method: 'PUT', url: `${url}/ignored`, key, body })).status).toBe(200);
      await add();
      expect((await api.call({ url, key })).json).toMatchObject({ state: 'ignored', size: 2, message: 'The same' });
      await add();
      await add();
      expect((await api.call({ url, key })).json).toMatchObject({ state: 'open', size: 3, message: 'The same' });
    });

    it('grow with each case, also where there is no room for its words', async () => {
      const { workspaceId, system } = database;
      const add = (message: string) => addToIncident(system, { workspaceId, runId: null, kind: 'test.cases', message });
      await add('A first one');
      await add('x'.repeat(1_990));
      const { json } = await api.call({ url: '/v1/incidents?state=open', key });
      const found = (json['items'] as { id: string; kind: string; size: number }[]).find(
        ({ kind }) => kind === 'test.cases',
      );
      expect(found?.size).toBe(2);
      const url = `/v1/incidents/${found?.id ?? ''}`;
      const body = { until: tomorrow(), reason: 'Known' };
      expect((await api.call({ method: 'PUT', url: `${url}/ignored`, key, body })).status).toBe(200);
      await add('A third one');
      expect((await api.call({ url, key })).json).toMatchObject({ state: 'open', size: 3 });
    });

    it('say what is wrong with how they are to be ignored, and need the right', async () => {
      const id = await open('test.refused', 4);
      const url = `/v1/incidents/${id}/ignored`;
      const refusal = async (body: object) => {
        const { status, json } = await api.call({ method: 'PUT', url, key, body });
        return [status, (json['errors'] as { path: string }[] | undefined)?.[0]?.path];
      };
      const reason = 'Known';
      expect(await refusal({ until: new Date(Date.now() - 60_000).toISOString(), reason })).toEqual([422, 'until']);
      const far = new Date(Date.now() + 100 * 86_400_000).toISOString();
      expect(await refusal({ until: far, reason })).toEqual([422, 'until']);
      expect(await refusal({ until: tomorrow(), above: 3, reason })).toEqual([422, 'above']);
      expect(await refusal({ until: tomorrow(), reason: ' ' })).toEqual([422, 'reason']);
      const reader = await api.key(['runs:read']);
      const body = { until: tomorrow(), reason };
      expect((await api.call({ method: 'PUT', url, key: reader, body })).status).toBe(403);
      const owner = { method: 'PUT', url: `/v1/incidents/${id}/owner`, body: { memberId: null, was: null } } as const;
      expect((await api.call({ ...owner, key: reader })).status).toBe(403);
      await api.call({ method: 'POST', url: `/v1/incidents/${id}/resolution`, key, body: { note: 'Gone' } });
      expect(await api.call({ method: 'PUT', url, key, body })).toMatchObject({
        status: 409,
        json: { code: 'incident.isResolved' },
      });
      const again = await open('test.refused');
      expect((await api.call({ url: `/v1/incidents/${again}`, key })).json).toMatchObject({
        before: { note: 'Gone', message: 'test.refused is wrong' },
      });
    });
  });
});
