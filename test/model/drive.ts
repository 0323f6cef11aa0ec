import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/activity';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { createEngineActivities } from '../../activities/engine/advance-run.ts';
import { TURN_FIRST } from '../../activities/effects/claim-actions.ts';
import type { RunKind } from '../../activities/engine/run-kind.ts';
import type { ActionActivities, AdvanceInput, OpenAction } from '../../contracts/core/engine.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import type { ClockedDatabase } from './clock.ts';

/** What makes the turns of a workspace's runs and carries out what they ask for, in place of Temporal. */
export type Driver = {
  /** Works until nothing is left to do at this instant; of several runs the oldest goes first, until it rests. */
  drive(workspaceId: string): Promise<Rest>;
};

/** How the runs of a workspace rest: whether any has made a turn, and when one goes on by itself, in epoch milliseconds; null: none does. */
export type Rest = { hasTurned: boolean; nextDue: number | null };

/** Before anything has happened. */
export const asleep: Rest = { hasTurned: false, nextDue: null };

type Failure = AdvanceInput['failures'][number];

/** More rounds than a history needs; a run that asks for more goes round in circles. */
const mostRounds = 500;

/** A driver with the activities that the engine has in a worker. */
export function createDriver(
  database: ClockedDatabase,
  work: { kinds: Readonly<Record<string, RunKind>>; actions: ActionActivities },
): Driver {
  const engine = createEngineActivities({ db: database.app, kinds: work.kinds });
  // Calls that the services refuse are a part of histories.
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

  async function act(workspaceId: string, runId: string, open: OpenAction): Promise<Failure | null> {
    try {
      await environment.run(() => work.actions[open.activity]({ workspaceId, runId, key: open.key }));
      return null;
    } catch (error) {
      // What is unread has the run make another turn, after which it is asked for again.
      if (error instanceof ApplicationFailure && error.type === TURN_FIRST) return null;
      if (!(error instanceof ApplicationFailure) || error.nonRetryable !== true) throw error;
      return { key: open.key, type: error.type ?? 'unknown', message: error.message };
    }
  }

  async function takeTurn(workspaceId: string, run: { id: string; turn: number }): Promise<void> {
    let failures: Failure[] = [];
    let { turn } = run;
    do {
      const answer = await engine.advanceRun({ workspaceId, runId: run.id, turn: turn + 1, at: 0, failures });
      ({ turn } = answer);
      failures = [];
      for (const open of answer.open) {
        const failure = await act(workspaceId, run.id, open);
        if (failure) failures.push(failure);
      }
    } while (failures.length > 0);
  }

  return {
    async drive(workspaceId) {
      for (let round = 0; round < mostRounds; round += 1) {
        const { rows } = await sql<{ id: string; turn: number; due: Date | null; is_ready: boolean }>`
          select id, turn, next_due_at as due, (turn = 0 or coalesce(next_due_at <= now(), false) or exists (
            select 1 from run_inbox i where i.workspace_id = run.workspace_id and i.run_id = run.id and consumed_turn is null)) as is_ready
          from run where workspace_id = ${workspaceId} and ended_at is null order by id`.execute(
          kysely(database.system),
        );
        const run = rows.find((row) => row.is_ready);
        if (run) await takeTurn(workspaceId, run);
        else return { hasTurned: round > 0, nextDue: firstOf(rows) };
      }
      throw new Error('The runs of this workspace do not come to rest');
    },
  };
}

function firstOf(rows: readonly { due: Date | null }[]): number | null {
  const due = rows.flatMap((row) => row.due?.getTime() ?? []);
  return due.length === 0 ? null : Math.min(...due);
}

/** Lets what falls due up to an instant, in epoch milliseconds, happen at its time, from how things rest before. */
export async function passTime(
  database: ClockedDatabase,
  driver: Driver,
  workspaceId: string,
  { before, to }: { before: Rest; to: number },
): Promise<Rest> {
  let rest: Rest = { ...before, hasTurned: false };
  while (rest.nextDue !== null && rest.nextDue <= to) {
    await database.setClock(rest.nextDue);
    rest = { ...(await driver.drive(workspaceId)), hasTurned: true };
  }
  return rest;
}
