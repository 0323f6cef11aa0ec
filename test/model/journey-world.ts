import { sql } from 'kysely';
import { RunOperationsService } from '../../api/runs/run-operations.service.ts';
import { Store } from '../../api/http/store.ts';
import { createContactActivities } from '../../activities/contacts/contact.activities.ts';
import { createJourneyKind } from '../../activities/journeys/journey.kind.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { RunOperation } from '../../contracts/runs/runs-api.schema.ts';
import { GOAL } from '../../domain/journeys/receive.ts';
import { changeContact, lockContacts } from '../../platform/db/contacts/contacts.ts';
import { resubscribe, unsubscribe } from '../../platform/db/contacts/contact-preferences.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { changeJourney, journeyById } from '../../platform/db/journeys/journeys.ts';
import { beginSwitch, switchNext } from '../../platform/db/journeys/switch-runs.ts';
import { beginEntering, enterNext } from '../../platform/db/journeys/kept-entries.ts';
import { takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { TEST_KEY } from '../support/database.ts';
import { storeJourney } from '../support/journeys.ts';
import type { ClockedDatabase } from './clock.ts';
import { asleep, createDriver, passTime } from './drive.ts';
import { createPooledDriver } from './drive-pooled.ts';
import { createModelMail, type SentMail } from './mail.ts';
import { principalOf, unlessRefused } from './caller.ts';
import type { Expected } from './expected.ts';
import type { History, MendMoment, Moment } from './history.ts';

/** Plays histories on the engine: event intake, turns and the ledger on Postgres, its clock the test's, no Temporal. */
export type JourneyWorld = { play(history: History): Promise<Expected> };

const start = Date.parse('2099-02-02T10:00:00.000Z');
const minute = 60_000;
const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });
const person = 'ana';

/** A world in a database of its own, whose runs are worked one by one or in a pool. */
export function createJourneyWorld(database: ClockedDatabase, execution: Execution): JourneyWorld {
  const sent: SentMail[] = [];
  const server = { refuses: false };
  // Only to terminate a run asks Temporal.
  const runs = new RunOperationsService(new Store(database.app), undefined as never);
  const driver = (execution === 'pooled' ? createPooledDriver : createDriver)(database, {
    kinds: { journey: createJourneyKind() },
    actions: actionsOf(database, sent, server),
  });
  return {
    async play({ definition, moments }) {
      sent.length = 0;
      server.refuses = false;
      // The present is the time of the server, not of the history before.
      await database.setClock(start);
      await database.setExecution(execution);
      const workspaceId = await database.addWorkspace();
      const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, workspaceId, work);
      const { journeyId } = await within((tx) =>
        storeJourney(tx, workspaceId, definition, { status: 'live', live_version: 1 }),
      );
      await within(async (tx) => {
        const row = (await lockContacts(tx, workspaceId, [person])).get(person);
        if (row) await changeContact(tx, row, { email: addressOf(0), attributes: {} });
      });
      const state = { isUp: true, moves: 0 };
      const by = principalOf(workspaceId);
      let rest = asleep;
      for (const moment of moments) {
        const to = start + moment.at * minute;
        if (state.isUp) rest = await passTime(database, driver, workspaceId, { before: rest, to });
        await database.setClock(to);
        if (moment.kind === 'pause' || moment.kind === 'resume')
          await within((tx) => turn(tx, { workspaceId, journeyId }, moment.kind));
        else if (moment.kind === 'refuse' || moment.kind === 'take') server.refuses = moment.kind === 'refuse';
        else if (isMending(moment)) {
          const asked = await within((tx) => operationOf(tx, workspaceId, moment));
          if (asked) await unlessRefused(() => runs.operate(by, asked.runId, asked.operation));
        } else await within((tx) => happen(tx, workspaceId, moment, state));
        if (state.isUp) rest = await driver.drive(workspaceId);
      }
      await passTime(database, driver, workspaceId, { before: rest, to: Infinity });
      const mails = sent.map(({ subject, to }) => ({ step: subject, address: Number(/ana-(\d+)@/.exec(to)?.[1]) }));
      return { mails, goals: await within((tx) => goalsIn(tx, workspaceId)) };
    },
  };
}

function isMending(moment: Moment): moment is MendMoment {
  return ['retry', 'skip', 'rewind', 'restart'].includes(moment.kind);
}

/** What is asked of the last run; undefined where there is none. */
async function operationOf(
  tx: Tx,
  workspaceId: string,
  moment: MendMoment,
): Promise<{ runId: string; operation: RunOperation } | undefined> {
  const runs = kysely(tx).selectFrom('run').select('id').where('workspace_id', '=', workspaceId);
  const last = await runs.orderBy('id', 'desc').executeTakeFirst();
  if (!last) return undefined;
  const { id: runId } = last;
  const reason = 'it was mended';
  switch (moment.kind) {
    case 'restart':
      return { runId, operation: { kind: 'restart', reason, properties: { plan: moment.plan } } };
    case 'rewind':
      return { runId, operation: { kind: 'rewind', reason, turn: await turnAt(tx, runId, moment.back) } };
    default:
      return { runId, operation: { kind: moment.kind, reason } };
  }
}

/** The turn by which a run stood at a minute as it did, not ended: what a person chooses to go back to. */
async function turnAt(tx: Tx, runId: string, at: number): Promise<number> {
  const made = kysely(tx).selectFrom('run_turn').select('turn').where('run_id', '=', runId);
  const then = made
    .where('at', '<=', new Date(start + at * minute))
    .where(sql<boolean>`state ->> 'end' is null`)
    .orderBy('turn', 'desc');
  return (await then.executeTakeFirst())?.turn ?? 0;
}

async function goalsIn(tx: Tx, workspaceId: string): Promise<number> {
  const { count } = await kysely(tx)
    .selectFrom('step')
    .select((eb) => eb.fn.count<string>('run_id').distinct().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('step', '=', GOAL)
    .where('status', '=', 'done')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Pauses the journey with all who are in it, or lets it go on with those who were kept. */
async function turn(
  tx: Tx,
  { workspaceId, journeyId }: { workspaceId: string; journeyId: string },
  kind: 'pause' | 'resume',
): Promise<void> {
  const row = await journeyById(tx, workspaceId, journeyId);
  if (!row) throw new Error('the journey is there');
  const changed = await changeJourney(tx, row, { status: kind === 'pause' ? 'paused' : 'live' });
  const actor = { kind: 'member', id: journeyId, name: 'Eva' } as const;
  const of = { actor, requestedBy: null, reason: 'x' };
  const sending = await beginSwitch(tx, changed, kind, of);
  while (await switchNext(tx, sending));
  if (kind === 'pause') return;
  const entering = await beginEntering(tx, changed, of);
  if (entering) await enterNext(tx, entering);
}

async function happen(
  tx: Tx,
  workspaceId: string,
  moment: Exclude<Moment, MendMoment | { kind: 'pause' | 'resume' | 'refuse' | 'take' }>,
  state: { isUp: boolean; moves: number },
): Promise<void> {
  const contact = async () => {
    const row = (await lockContacts(tx, workspaceId, [person])).get(person);
    if (!row) throw new Error('the person is known');
    return row;
  };
  switch (moment.kind) {
    case 'event': {
      const { id, name, plan, happened } = moment;
      const occurredAt = new Date(start + happened * minute).toISOString();
      await takeInEvents(tx, workspaceId, [{ id, name, contact: person, key: null, occurredAt, properties: { plan } }]);
      return;
    }
    case 'down':
    case 'up':
      state.isUp = moment.kind === 'up';
      return;
    case 'move':
      state.moves += 1;
      await changeContact(tx, await contact(), { email: addressOf(state.moves) });
      return;
    case 'optOut':
      await unsubscribe(tx, keys, { workspaceId, contactId: (await contact()).id, channel: 'email' });
      return;
    case 'optIn':
      await resubscribe(tx, keys, { workspaceId, contactId: (await contact()).id, channel: 'email' });
  }
}

function addressOf(moves: number): string {
  return `ana-${moves}@example.com`;
}

function actionsOf(database: ClockedDatabase, sent: SentMail[], server: { refuses: boolean }): ActionActivities {
  const none = (): Promise<void> => Promise.reject(new Error('no step of these journeys asks for it'));
  const others = new Proxy({}, { get: () => none }) as ActionActivities;
  return { ...others, ...createModelMail(database, sent, server), ...createContactActivities({ db: database.app }) };
}
