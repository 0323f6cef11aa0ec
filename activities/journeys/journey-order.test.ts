import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { takeInEvents, type IncomingEvent } from '../../platform/db/journeys/event-intake.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { changeJourney, findJourney } from '../../platform/db/journeys/journeys.ts';
import { findBulk } from '../../platform/db/bulk/bulk-operations.ts';
import { beginEntering, enterNext } from '../../platform/db/journeys/kept-entries.ts';
import { enqueueMessage, terminateRun } from '../../platform/db/runs/runs.ts';
import { sweepGoals } from '../../platform/db/runs/waits.ts';
import { newId } from '../../platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sampleJourney } from '../../test/support/journeys.ts';
import { createEngineActivities } from '../engine/advance-run.ts';
import { createJourneyKind } from './journey.kind.ts';

const cart = (slug: string, more: Partial<JourneyDefinition> = {}): JourneyDefinition =>
  sampleJourney(slug, {
    entry: [{ event: `${slug}.cart` }],
    reentry: 'afterExit',
    exitWhen: [{ event: `${slug}.order` }],
    steps: [{ id: 'hour', kind: 'delay', for: 'PT1H' }],
    ...more,
  });

describe('events and runs, turn by turn', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  async function goLive(definition: JourneyDefinition): Promise<void> {
    const { workspaceId } = database;
    const [id, text] = [newId(), JSON.stringify(definition)];
    const { slug, name, entry } = definition;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      await kysely(tx)
        .insertInto('journey')
        .values({ workspace_id: workspaceId, id, slug, name, status: 'live', live_version: 1 })
        .execute();
      const sha256 = createHash('sha256').update(text).digest('hex');
      const version = { workspace_id: workspaceId, id: newId(), journey_id: id, version: 1, sha256, definition: text };
      await kysely(tx)
        .insertInto('journey_version')
        .values({ ...version, entry_events: entry.map(({ event }) => event) })
        .execute();
    });
  }

  const event = (id: string, name: string, contact: string, more: Partial<IncomingEvent> = {}): IncomingEvent => {
    return { id, name, contact, key: null, occurredAt: new Date().toISOString(), properties: {}, ...more };
  };
  const send = (...events: IncomingEvent[]) =>
    inWorkspace(database.app, database.workspaceId, (tx) => takeInEvents(tx, database.workspaceId, events));

  const runsOf = (contact: string) =>
    kysely(database.system)
      .selectFrom('run')
      .innerJoin('contact', 'contact.id', 'run.contact_id')
      .innerJoin('journey_run', 'journey_run.run_id', 'run.id')
      .select(['run.id', 'run.turn', 'run.status', 'journey_run.entry'])
      .where('contact.external_id', '=', contact)
      .orderBy('run.id')
      .execute();
  const statusOf = async (contact: string): Promise<string[]> =>
    (await runsOf(contact)).map(({ status, entry }) => `${String(entry['eventId'])} ${status}`);

  /** Makes the turns of all runs of a contact until none has more to receive. */
  async function work(contact: string): Promise<void> {
    const engine = createEngineActivities({ db: database.app, kinds: { journey: createJourneyKind() } });
    for (const { id, turn } of await runsOf(contact)) {
      let answer = { turn, more: true };
      while (answer.more) {
        const next = {
          workspaceId: database.workspaceId,
          runId: id,
          turn: answer.turn + 1,
          at: Date.now(),
          failures: [],
        };
        answer = await engine.advanceRun(next);
      }
    }
  }

  describe('an exit and an entry after it (journeys F8, mailchimp/mc-woocommerce#1398)', () => {
    it.each([
      ['in one call', 'one', [['order', 'cart-2']]],
      ['in two calls', 'two', [['order'], ['cart-2']]],
    ])('begin another run when they come %s before a turn is made', async (_, slug, calls) => {
      await goLive(cart(slug));
      const ana = `${slug}-ana`;
      await send(event(`${slug}-cart-1`, `${slug}.cart`, ana));
      await work(ana);
      for (const call of calls) {
        await send(...call.map((id) => event(`${slug}-${id}`, `${slug}.${id.split('-')[0]}`, ana)));
      }
      await work(ana);
      await work(ana);
      expect(await statusOf(ana)).toEqual([`${slug}-cart-1 exited`, `${slug}-cart-2 waiting`]);
    });

    it('keep the order in which they occurred', async () => {
      await goLive(cart('mixed'));
      const [ana, ben] = ['mixed-ana', 'mixed-ben'];
      const at = (seconds: number) => ({ occurredAt: new Date(Date.now() + (seconds - 60) * 1_000).toISOString() });
      await send(event('m-1', 'mixed.cart', ana, at(0)), event('m-2', 'mixed.cart', ben, at(0)));
      // Ana’s next cart overtakes her order; Ben’s is older than his.
      await send(event('m-3', 'mixed.cart', ana, at(20)), event('m-4', 'mixed.cart', ben, at(5)));
      await send(event('m-5', 'mixed.order', ana, at(10)), event('m-6', 'mixed.order', ben, at(10)));
      await work(ana);
      await work(ben);
      await work(ana);
      expect(await statusOf(ana)).toEqual(['m-1 exited', 'm-3 waiting']);
      expect(await statusOf(ben)).toEqual(['m-2 exited']);
    });

    it('begin none in a journey that everyone goes through once', async () => {
      await goLive(cart('once', { reentry: 'once' }));
      await send(event('o-1', 'once.cart', 'once-ana'));
      await work('once-ana');
      await send(event('o-2', 'once.order', 'once-ana'), event('o-3', 'once.cart', 'once-ana'));
      await work('once-ana');
      expect(await statusOf('once-ana')).toEqual(['o-1 exited']);
    });
  });

  describe('a goal after the end (journeys F9)', () => {
    const goal = { when: { event: 'bought' }, within: 'P3D' };
    const goalsOf = async (contact: string): Promise<unknown[]> => {
      const ids = (await runsOf(contact)).map(({ id }) => id);
      const query = kysely(database.system).selectFrom('step').select(['kind', 'status', 'detail']);
      return query.where('step', '=', '$goal').where('run_id', 'in', ids).execute();
    };
    const waitsOf = (contact: string) =>
      kysely(database.system)
        .selectFrom('wait')
        .innerJoin('contact', 'contact.id', 'wait.contact_id')
        .select('purpose')
        .where('contact.external_id', '=', contact)
        .execute();

    it('counts within its time, once, by the run’s own rules', async () => {
      const plan = {
        kind: 'compare',
        op: 'equals',
        left: { kind: 'event', path: ['plan'] },
        right: { kind: 'literal', value: 'pro' },
      } as const;
      await goLive(cart('goal', { steps: [], goal: { ...goal, when: { ...goal.when, filter: plan } } }));
      await send(event('g-1', 'goal.cart', 'goal-ana'));
      await work('goal-ana');
      expect(await statusOf('goal-ana')).toEqual(['g-1 completed']);
      await send(event('g-2', 'bought', 'goal-ana', { properties: { plan: 'free' } }));
      expect(await goalsOf('goal-ana')).toEqual([]);
      await send(event('g-3', 'bought', 'goal-ana', { properties: { plan: 'pro' } }));
      await send(event('g-4', 'bought', 'goal-ana', { properties: { plan: 'pro' } }));
      expect(await goalsOf('goal-ana')).toMatchObject([{ kind: 'goal', status: 'done', detail: { event: 'bought' } }]);
      expect(await waitsOf('goal-ana')).toEqual([]);
    });

    it('counts where it is reported after its time, as late as events may come', async () => {
      await goLive(cart('late', { goal: { ...goal, within: 'PT1S' } }));
      const at = (seconds: number) => ({ occurredAt: new Date(Date.now() - seconds * 1_000).toISOString() });
      const inTime = at(59.5);
      await send(event('l-1', 'late.cart', 'late-ana', at(60)));
      await work('late-ana');
      await send(event('l-2', 'late.order', 'late-ana'));
      await work('late-ana');
      expect(await statusOf('late-ana')).toEqual(['l-1 exited']);
      await sweepGoals(database.system);
      await send(event('l-3', 'bought', 'late-ana', inTime));
      expect(await goalsOf('late-ana')).toMatchObject([{ kind: 'goal', detail: { event: 'bought' } }]);
    });

    it('counts where the run was terminated, and no step goes on by it', async () => {
      await goLive(cart('ended', { goal }));
      await send(event('t-1', 'ended.cart', 'ended-ana'));
      await work('ended-ana');
      const [{ id: runId } = { id: '' }] = await runsOf('ended-ana');
      const { workspaceId } = database;
      const dueOf = async (): Promise<number> => {
        const wait = kysely(database.system).selectFrom('wait').select('due_at').where('run_id', '=', runId);
        return (await wait.where('purpose', '=', 'goal').executeTakeFirstOrThrow()).due_at?.getTime() ?? 0;
      };
      const deadline = await dueOf();
      await inWorkspace(database.app, workspaceId, (tx) => terminateRun(tx, { workspaceId, runId, reason: 'by hand' }));
      // As late as events may come: three days.
      expect(((await dueOf()) - deadline) / 3_600_000).toBe(72);
      // The hour is over before the event comes.
      await sql`update run_turn set state = jsonb_set(state, '{position,opened,dueAt}', state -> 'clock') where run_id = ${runId}`.execute(
        kysely(database.system),
      );
      await send(event('t-2', 'bought', 'ended-ana'));
      expect(await goalsOf('ended-ana')).toMatchObject([{ kind: 'goal', detail: { event: 'bought' } }]);
      expect(await statusOf('ended-ana')).toEqual(['t-1 terminated']);
    });

    it('is forgotten when its time is over, and that of a live run is not', async () => {
      await goLive(cart('over', { steps: [], goal: { ...goal, within: 'PT1S' }, lateness: 'PT1S' }));
      await goLive(cart('open', { goal: { ...goal, within: 'PT1S' }, exitWhen: [] }));
      const before = { occurredAt: new Date(Date.now() - 500).toISOString() };
      await send(event('v-1', 'over.cart', 'over-ana', before), event('v-2', 'open.cart', 'open-ana', before));
      await work('over-ana');
      await work('open-ana');
      expect([await waitsOf('over-ana'), await waitsOf('open-ana')]).toEqual([
        [{ purpose: 'goal' }],
        [{ purpose: 'goal' }],
      ]);
      await kysely(database.system)
        .updateTable('wait')
        .set({ due_at: new Date(0) })
        .execute();
      await sweepGoals(database.system);
      expect([await waitsOf('over-ana'), await waitsOf('open-ana')]).toEqual([[], [{ purpose: 'goal' }]]);
    });
  });

  it('lets in again who has left and come back while the journey was paused (warmbly#512)', async () => {
    await goLive(cart('away'));
    const { workspaceId, app } = database;
    const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(app, workspaceId, work);
    const change = (status: 'paused' | 'live') =>
      within(async (tx) => {
        const row = await findJourney(tx, workspaceId, 'away', { lock: true });
        if (!row) throw new Error('The journey was just made');
        return changeJourney(tx, row, { status });
      });
    await change('paused');
    const at = (seconds: number) => ({ occurredAt: new Date(Date.now() + (seconds - 60) * 1_000).toISOString() });
    await send(event('a-1', 'away.cart', 'away-ana', at(0)));
    await send(event('a-2', 'away.order', 'away-ana', at(10)));
    await send(event('a-3', 'away.cart', 'away-ana', at(20)));
    const journey = await change('live');
    const actor = { kind: 'member', id: newId(), name: 'Eva' } as const;
    const bulk = await within((tx) => beginEntering(tx, journey, { actor, requestedBy: null, reason: 'go on' }));
    if (!bulk) throw new Error('Nobody was kept');
    // The request that resumes, and the runner: the second found it ended, and failed.
    const both = [1, 2].map(() => within((tx) => enterNext(tx, bulk)));
    expect(await Promise.all(both)).toEqual([false, false]);
    expect(await within((tx) => findBulk(tx, workspaceId, bulk.id))).toMatchObject({ state: 'done', done: 1 });
    await work('away-ana');
    await work('away-ana');
    expect(await statusOf('away-ana')).toEqual(['a-1 exited', 'a-3 waiting']);
  });

  it('leaves to the next process at once whom one step of a resume has not let in', async () => {
    await goLive(cart('crowd'));
    const { workspaceId, app } = database;
    const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(app, workspaceId, work);
    const change = (status: 'paused' | 'live') =>
      within(async (tx) => {
        const row = await findJourney(tx, workspaceId, 'crowd', { lock: true });
        if (!row) throw new Error('The journey was just made');
        return changeJourney(tx, row, { status });
      });
    await change('paused');
    await send(...Array.from({ length: 201 }, (_, n) => event(`c-${n}`, 'crowd.cart', `crowd-${n}`)));
    const journey = await change('live');
    const actor = { kind: 'member', id: newId(), name: 'Eva' } as const;
    const bulk = await within((tx) => beginEntering(tx, journey, { actor, requestedBy: null, reason: 'go on' }));
    if (!bulk) throw new Error('Nobody was kept');
    expect(await within((tx) => enterNext(tx, bulk))).toBe(true);
    const { rows } =
      await sql`select from bulk_operation where id = ${bulk.id} and leased_until < clock_timestamp()`.execute(
        kysely(database.system),
      );
    expect(rows).toHaveLength(1);
    expect(await within((tx) => enterNext(tx, bulk))).toBe(false);
  });

  it('decides no approval by a pause, also where no worker was there for it (dashboard F8)', async () => {
    await goLive(
      cart('held', {
        steps: [
          {
            id: 'ok',
            kind: 'approval',
            assign: { kind: 'role', id: 'approver' },
            show: { kind: 'literal', value: 'x' },
            due: 'PT1H',
            onTimeout: 'approve',
            outcomes: [{ name: 'approve', steps: [] }],
          },
        ],
      }),
    );
    await send(event('h-1', 'held.cart', 'held-ana'));
    await work('held-ana');
    const [{ id: runId } = { id: '' }] = await runsOf('held-ana');
    const { workspaceId } = database;
    const began = Date.now();
    const after = (minutes: number): Date => new Date(began + minutes * 60_000);
    const engine = createEngineActivities({
      db: database.app,
      kinds: { journey: createJourneyKind() },
      now: (_, clock) => Promise.resolve(new Date(clock)),
    });
    const receive = async (kind: string, at: Date): Promise<void> => {
      await inWorkspace(database.app, workspaceId, (tx) =>
        enqueueMessage(tx, { workspaceId, runId, kind, ref: kind, payload: {} }),
      );
      await kysely(database.system)
        .updateTable('run_inbox')
        .set({ at })
        .where('run_id', '=', runId)
        .where('kind', '=', kind)
        .execute();
    };
    const turnAt = async (at: Date): Promise<string> => {
      const [{ turn } = { turn: 0 }] = await runsOf('held-ana');
      await engine.advanceRun({ workspaceId, runId, turn: turn + 1, at: at.getTime(), failures: [] });
      const run = await runsOf('held-ana');
      const gate = await kysely(database.system)
        .selectFrom('gate')
        .select(['status', 'due_at'])
        .where('run_id', '=', runId)
        .executeTakeFirstOrThrow();
      return `${run[0]?.status} ${gate.status} ${Math.round(((gate.due_at?.getTime() ?? 0) - began) / 60_000)}`;
    };
    await receive('pause', after(10));
    // The first turn since comes long after the deadline.
    expect(await turnAt(after(180))).toBe('paused open 60');
    await receive('resume', after(240));
    expect(await turnAt(after(241))).toBe('waiting open 290');
    expect(await turnAt(after(289))).toBe('waiting open 290');
    expect(await turnAt(after(291))).toBe('completed expired 290');
  });
});
