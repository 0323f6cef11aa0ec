import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngineActivities } from '../../activities/engine/advance-run.ts';
import { createJourneyKind } from '../../activities/journeys/journey.kind.ts';
import type { AdvanceAnswer } from '../../contracts/core/engine.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { eraseContact } from '../../platform/db/contacts/contact-erasure.ts';
import { lockContacts } from '../../platform/db/contacts/contacts.ts';
import { endAbandonedEffects } from '../../platform/db/runs/reopen-run.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import type { Answer } from '../../test/support/caller.ts';
import { eventually } from '../../test/support/eventually.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { readRun } from '../../test/support/toy-runs.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

const email = (id: string): JourneyNode => ({
  id,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hi' },
});
const ask: JourneyNode = {
  id: 'ask',
  kind: 'llm',
  prompt: { kind: 'inline', instructions: 'Score' },
  input: {},
  output: { type: 'object', properties: { score: { type: 'number' } }, required: ['score'] },
  budgetMicros: 1,
};

/** The turns are made here, without Temporal: a run fails as its action did. */
describe('a run that failed (journeys F4, dashboard F2)', () => {
  const { database, api } = useTestApi();
  let key: string;
  let counter = 0;

  const post = (url: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call({ method: 'POST', url, key, body, headers });
  const operate = (runId: string, kind: string, more: object = {}, headers = {}): Promise<Answer> =>
    post(`/v1/runs/${runId}/operations`, { kind, reason: 'mended', ...more }, headers);
  const show = async (runId: string): Promise<Record<string, unknown>> =>
    (await api.call({ url: `/v1/runs/${runId}`, key })).json;
  const turn = async (runId: string, failures: object[] = []): Promise<AdvanceAnswer> => {
    const engine = createEngineActivities({ db: database.app, kinds: { journey: createJourneyKind() } });
    const { workspaceId } = database;
    const next = (await readRun(database, runId)).turn + 1;
    const input = { workspaceId, runId, turn: next, at: Date.now(), failures: failures as never };
    return engine.advanceRun(input);
  };
  const refused = (step: string, message = 'refused') => ({ key: `0/${step}/1`, type: 'effect.rejected', message });
  const start = async (slug: string, contact: string): Promise<string> => {
    const { json } = await post(`/v1/journeys/${slug}/runs`, { contact, variables: { plan: 'pro' } });
    return String(json['runId']);
  };
  /** A journey with a run of a new contact that has made its first turn. */
  const begin = async (
    change: Partial<JourneyDefinition> = {},
  ): Promise<{ slug: string; contact: string; runId: string }> => {
    counter += 1;
    const [slug, contact] = [`failing-${counter}`, `person-${counter}`];
    await publishJourney(api, key, sampleJourney(slug, { steps: [email('hello'), email('bye')], ...change }));
    await api.call({ method: 'PUT', url: `/v1/contacts/${contact}`, key, body: { attributes: { name: contact } } });
    const runId = await start(slug, contact);
    await turn(runId);
    return { slug, contact, runId };
  };
  const fail = async (change: Partial<JourneyDefinition> = {}) => {
    const begun = await begin(change);
    const step = change.steps?.[0]?.id ?? 'hello';
    expect(await turn(begun.runId, [refused(step)])).toMatchObject({ ended: true });
    return begun;
  };
  const effect = (
    runId: string,
    state: string,
    { id, ...more } = { id: 'hello/1', visit: 1, request: '{}' },
  ): Promise<unknown> =>
    kysely(database.system)
      .insertInto('effect')
      .values({
        workspace_id: database.workspaceId,
        key: `${runId}/${id}`,
        run_id: runId,
        step: 'hello',
        generation: 0,
        kind: 'email',
        mode: 'atMostOnce',
        state,
        ...more,
      })
      .execute();

  beforeAll(async () => {
    key = await api.key([
      'events:write',
      'contacts:write',
      'contacts:erase',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'runs:operate',
    ]);
  });

  it('says before a rewind what was refused and is tried again, and not where that was done since (a hostile reader)', async () => {
    const { runId } = await begin();
    const insert = (id: string, visit: number, state: string, request = '{}') =>
      effect(runId, state, { id, visit, request });
    await insert('hello/1', 1, 'rejected');
    await insert('hello/gate-mail/1/ana', 1, 'rejected', '{"gate":"x"}');
    const preview = async (): Promise<unknown> => {
      const { json } = await api.call({ url: `/v1/runs/${runId}/turns/0/preview`, key });
      return ['kept', 'repeated', 'retried'].map((name) => (json[name] as { title: string }[]).length);
    };
    expect(await preview()).toEqual([0, 0, 1]);
    await insert('hello/2', 2, 'suppressed');
    expect(await preview()).toEqual([0, 0, 2]);
    await insert('hello/2/g1', 2, 'done');
    expect(await preview()).toEqual([1, 0, 0]);
  });

  it('says where and why, and what can be done', async () => {
    const { runId } = await fail();
    expect(await show(runId)).toMatchObject({
      status: 'failed',
      failure: { step: 'hello', visit: 1, kind: 'email', reason: 'hello: refused', output: {}, happened: [] },
      operations: ['retry', 'skip', 'complete', 'rewind', 'restart'],
    });
  });

  it('names no step where none ended it, though an earlier one failed and had a branch for that', async () => {
    const { runId } = await begin({ steps: [{ ...email('hello'), onError: [] } as JourneyNode, email('bye')] });
    await turn(runId, [refused('hello')]);
    await kysely(database.system)
      .updateTable('run')
      .set({ status: 'failed', reason: 'a loop without a wait', ended_at: new Date() })
      .where('id', '=', runId)
      .execute();
    expect(await show(runId)).toMatchObject({ failure: null, operations: ['rewind', 'restart'] });
  });

  it('does its step again with an action of its own, woken by the outbox, once', async () => {
    const { runId, contact } = await fail();
    const before = (await journeyRunsOf(database, contact))[0]?.wakes ?? 0;
    const headers = { 'idempotency-key': `retry-${runId}` };
    const accepted = await operate(runId, 'retry', {}, headers);
    expect(accepted).toMatchObject({ status: 202, json: { runId, kind: 'retry' } });
    expect((await operate(runId, 'retry', {}, headers)).json).toEqual(accepted.json);
    expect(await operate(runId, 'retry')).toMatchObject({ status: 409, json: { code: 'run.notFailed' } });
    expect((await journeyRunsOf(database, contact))[0]?.wakes).toBe(before + 1);
    expect(await readRun(database, runId)).toMatchObject({ ended_at: null, status: 'waiting', outcome: null });
    expect(await turn(runId)).toMatchObject({ ended: false, open: [{ key: '0/hello/2', activity: 'sendMessage' }] });
  });

  it('asks first where what the step does may have been done', async () => {
    for (const state of ['unknown', 'handedOff', 'done']) {
      const { runId } = await fail();
      await effect(runId, state);
      expect(await operate(runId, 'retry')).toMatchObject({
        status: 409,
        json: { code: 'run.mayHaveHappened', effects: [{ kind: 'email', state }] },
      });
      expect(await show(runId)).toMatchObject({ status: 'failed', failure: { happened: [{ state }] } });
      expect(await operate(runId, 'retry', { again: true })).toMatchObject({ status: 202 });
    }
    const { runId } = await fail();
    await effect(runId, 'rejected');
    expect(await operate(runId, 'retry')).toMatchObject({ status: 202 });
  });

  it('goes on behind its step, or with an output that fits', async () => {
    const skipped = await fail();
    await operate(skipped.runId, 'skip');
    expect(await turn(skipped.runId)).toMatchObject({ open: [{ key: '0/bye/1' }] });
    const asked = await fail({ steps: [ask, email('bye')] });
    expect(await operate(asked.runId, 'complete', { output: { score: 'high' } })).toMatchObject({
      status: 422,
      json: { code: 'run.outputMismatch', errors: [{ path: 'output.score' }] },
    });
    expect(await readRun(database, asked.runId)).toMatchObject({ status: 'failed' });
    expect(await operate(asked.runId, 'complete', { output: { score: 9 } })).toMatchObject({ status: 202 });
    expect(await turn(asked.runId)).toMatchObject({ open: [{ key: '0/bye/1' }] });
  });

  it('goes back to an earlier turn, and not to the one that ended it', async () => {
    const { runId } = await fail();
    expect(await operate(runId, 'rewind', { turn: 2 })).toMatchObject({
      status: 422,
      json: { code: 'run.noSuchTurn' },
    });
    expect(await operate(runId, 'rewind', { turn: 0 })).toMatchObject({ status: 202 });
    expect(await turn(runId)).toMatchObject({ ended: false, open: [{ key: '1/hello/1' }] });
  });

  it.each(['in the turn in which it failed', 'after it'])('leaves by an event that came %s', async (when) => {
    const { runId, contact } = await begin({ exitWhen: [{ event: 'Bought' }] });
    const bought = () => post('/v1/events', { events: [sampleEvent(`bought-${contact}`, 'Bought', contact)] });
    const { workspaceId } = database;
    const { key: ref, ...payload } = refused('hello');
    await inWorkspace(database.app, workspaceId, (tx) =>
      enqueueMessage(tx, { workspaceId, runId, kind: 'failed', ref, payload }),
    );
    if (when !== 'after it') await bought();
    expect(await turn(runId)).toMatchObject({ ended: true });
    if (when === 'after it') await bought();
    await operate(runId, 'retry');
    const first = await turn(runId);
    const last = first.ended ? first : await turn(runId);
    expect(last).toMatchObject({ ended: true, open: [] });
    expect(await readRun(database, runId)).toMatchObject({ status: 'exited', reason: 'event Bought' });
  });

  it('keeps nobody out of the journey, and makes way for the run that took its place', async () => {
    const { slug, contact, runId } = await fail({ reentry: 'once' });
    const second = await start(slug, contact);
    expect(second).not.toBe(runId);
    for (const [kind, more] of [
      ['retry', {}],
      ['rewind', { turn: 0 }],
      ['restart', {}],
    ] as const)
      expect(await operate(runId, kind, more)).toMatchObject({
        status: 409,
        json: { code: 'journey.reentry', runId: second },
      });
    await turn(second);
    await turn(second, [refused('hello')]);
    expect(await operate(runId, 'retry')).toMatchObject({ status: 202 });
  });

  it('begins anew with other input, in the place of the run that ended', async () => {
    const { contact, runId } = await fail({ reentry: 'once' });
    const { json } = await operate(runId, 'restart', { properties: { plan: 'free' }, key: 'k2' });
    expect(json).toMatchObject({ kind: 'restart' });
    expect((await journeyRunsOf(database, contact)).map(({ id }) => id)).toEqual([runId, json['runId']]);
    const made = await kysely(database.system)
      .selectFrom('journey_run')
      .select('entry')
      .where('run_id', '=', String(json['runId']))
      .executeTakeFirstOrThrow();
    expect(made.entry).toMatchObject({ key: 'k2', properties: { plan: 'free' }, eventId: null });
    expect(await operate(String(json['runId']), 'restart')).toMatchObject({ status: 409, json: { code: 'run.live' } });
  });

  it('begins anew once more in the place of the run that took its place (issue 14 §5, the model)', async () => {
    const { contact, runId } = await begin({ reentry: 'once', steps: [{ kind: 'exit', id: 'out', reason: 'done' }] });
    const second = String((await operate(runId, 'restart')).json['runId']);
    await turn(second);
    const { status, json } = await operate(second, 'restart', { properties: { plan: 'free' } });
    expect(status).toBe(202);
    expect((await journeyRunsOf(database, contact)).map(({ id }) => id)).toEqual([runId, second, json['runId']]);
    expect(await operate(runId, 'restart')).toMatchObject({ status: 409, json: { code: 'journey.reentry' } });
  });

  it('is taken up where it was begun in the place of one that completed (issue 14 §5, the model)', async () => {
    const left = { kind: 'entry', path: ['plan'] } as const;
    const when = { kind: 'compare', op: 'equals', left, right: { kind: 'literal', value: 'pro' } } as const;
    const out: JourneyNode = { kind: 'exit', id: 'out', reason: 'done' };
    const { runId } = await begin({
      reentry: 'once',
      steps: [{ kind: 'if', id: 'is-pro', when, yes: [out], no: [email('hello')] }],
    });
    const second = String((await operate(runId, 'restart', { properties: { plan: 'free' } })).json['runId']);
    await turn(second);
    await turn(second, [refused('hello')]);
    expect(await operate(second, 'retry')).toMatchObject({ status: 202 });
  });

  it('begins anew as before where nothing else is said, also after it completed', async () => {
    const { runId } = await begin({ reentry: 'once', steps: [{ kind: 'exit', id: 'out', reason: 'done' }] });
    expect(await show(runId)).toMatchObject({ status: 'exited', operations: ['restart'] });
    const { json } = await operate(runId, 'restart');
    const entries = await kysely(database.system)
      .selectFrom('journey_run')
      .select('entry')
      .where('run_id', 'in', [runId, String(json['runId'])])
      .execute();
    expect(entries.map(({ entry }) => entry['properties'])).toEqual([{ plan: 'pro' }, { plan: 'pro' }]);
  });

  it('stays ended while its journey is paused, and when its contact was erased', async () => {
    const { slug, contact, runId } = await fail();
    await post(`/v1/journeys/${slug}/pause`, { reason: 'wait' });
    expect(await operate(runId, 'retry')).toMatchObject({ status: 409, json: { code: 'journey.notLive' } });
    await post(`/v1/journeys/${slug}/resume`, { reason: 'go on' });
    await api.call({ method: 'DELETE', url: `/v1/contacts/${contact}`, key });
    expect(await show(runId)).toMatchObject({ operations: [] });
    expect(await operate(runId, 'retry')).toMatchObject({ status: 409 });
    expect(await readRun(database, runId)).toMatchObject({ status: 'failed' });
  });

  it('is not begun anew by a call that an erasure has overtaken', async () => {
    const { contact, runId } = await fail();
    let asked: Promise<Answer> | undefined;
    await inWorkspace(database.app, database.workspaceId, async (tx) => {
      const row = (await lockContacts(tx, database.workspaceId, [contact])).get(contact);
      if (!row) throw new Error('The contact was just made');
      await eraseContact(tx, row);
      asked = operate(runId, 'restart');
      await eventually('it waits for the erasure', async () => {
        const { rows } =
          await sql`select from pg_locks join pg_stat_activity using (pid) where datname = current_database() and not granted`.execute(
            kysely(database.system),
          );
        return rows.length > 0;
      });
    });
    expect(await asked).toMatchObject({ status: 409, json: { code: 'run.noRestart' } });
  });

  it('is taken up where it was when it had been terminated', async () => {
    const { runId } = await begin();
    await operate(runId, 'terminate');
    expect(await show(runId)).toMatchObject({ operations: ['retry', 'restart'] });
    expect(await operate(runId, 'skip')).toMatchObject({ status: 409, json: { code: 'run.notFailed' } });
    expect(await operate(runId, 'retry')).toMatchObject({ status: 202 });
    expect(await turn(runId)).toMatchObject({ ended: false, open: [{ key: '0/hello/1' }] });
  });

  it('still does outside what it was about to do when it was terminated', async () => {
    const { runId } = await begin();
    await effect(runId, 'deferred');
    await operate(runId, 'terminate');
    const long = new Date(Date.now() - 3_600_000);
    await kysely(database.system).updateTable('run').set({ ended_at: long }).where('id', '=', runId).execute();
    await endAbandonedEffects(database.system);
    const states = kysely(database.system).selectFrom('effect').select('state').where('run_id', '=', runId);
    expect(await states.execute()).toEqual([{ state: 'suppressed' }]);
    await operate(runId, 'retry');
    expect(await states.execute()).toEqual([{ state: 'deferred' }]);
  });
});
