import { sql, type Selectable } from 'kysely';
import type { Advanced, InboxItem, JsonObject } from '../../contracts/machine.ts';
import { limits } from '../../contracts/limits.ts';
import type { Database } from './tables.ts';
import type { Tx } from './workspace.ts';

/** A run's row. */
export type RunRow = Selectable<Database['run']>;

/**
 * Locks a run for one turn, its contact first: event intake and turns lock contact → run, so neither waits for the other's
 * second lock. Undefined when the workspace has no such run.
 */
export async function lockRun(tx: Tx, workspaceId: string, runId: string): Promise<RunRow | undefined> {
  await sql`
    select 1 from contact where workspace_id = ${workspaceId}
      and id = (select contact_id from run where workspace_id = ${workspaceId} and id = ${runId})
    for no key update`.execute(tx);
  return tx
    .selectFrom('run')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', runId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The database's clock: the one by which waits, gates and events are ordered. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(tx);
  return rows[0]?.now ?? new Date();
}

/** Whether unread inbox rows exist. A row is unread while `consumed_turn` is null: a cursor would skip one that commits late. */
export async function hasUnread(tx: Tx, run: RunRow): Promise<boolean> {
  const { rows } = await sql<{ more: boolean }>`
    select exists (select 1 from run_inbox where workspace_id = ${run.workspace_id} and run_id = ${run.id} and consumed_turn is null) as more`.execute(
    tx,
  );
  return rows[0]?.more ?? false;
}

/** The unread rows in their order, at most `limits.inboxRowsPerTurn`. `ref` is as it was noted. */
export async function unreadInbox(tx: Tx, run: RunRow): Promise<(InboxItem & { ref: string })[]> {
  const rows = await tx
    .selectFrom('run_inbox')
    .select(['seq', 'kind', 'ref', 'payload', 'at'])
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('consumed_turn', 'is', null)
    .orderBy('seq')
    .limit(limits.inboxRowsPerTurn)
    .execute();
  return rows.map((row) => ({
    seq: Number(row.seq),
    kind: row.kind,
    ref: row.ref,
    payload: row.payload as JsonObject,
    at: row.at.toISOString(),
  }));
}

/** The state stored with a turn, or null before the first. */
export async function stateOfTurn(tx: Tx, run: RunRow, turn: number): Promise<JsonObject | null> {
  if (turn === 0) return null;
  const row = await tx
    .selectFrom('run_turn')
    .select('state')
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('turn', '=', turn)
    .executeTakeFirstOrThrow();
  return row.state as JsonObject;
}

/** What one turn writes about the run itself. */
export type TurnRecord = {
  turn: number;
  generation: number;
  advanced: Advanced<JsonObject>;
  consumed: number[];
  now: Date;
};

/** Writes a turn: its state, the consumed inbox rows, the timeline's lines and the run's row. */
export async function writeTurn(tx: Tx, run: RunRow, record: TurnRecord): Promise<void> {
  const { advanced, turn, generation, now } = record;
  await tx
    .insertInto('run_turn')
    .values({
      workspace_id: run.workspace_id,
      run_id: run.id,
      turn,
      generation,
      state: JSON.stringify(advanced.state),
      at: now,
    })
    .execute();
  if (record.consumed.length > 0) {
    await sql`update run_inbox set consumed_turn = ${turn}
      where workspace_id = ${run.workspace_id} and run_id = ${run.id} and seq = any(${record.consumed}::bigint[])`.execute(
      tx,
    );
  }
  await writeSteps(tx, run, record);
  const waiting = advanced.status === 'waiting' ? waitingFor(advanced) : null;
  await sql`
    update run set turn = ${turn}, generation = ${generation}, status = ${advanced.status}, waiting_for = ${waiting},
      current_step = ${advanced.currentStep}, next_due_at = ${advanced.dueAt}, open = ${JSON.stringify(advanced.performs)}::jsonb,
      outcome = ${advanced.ended?.outcome ?? null}, reason = ${advanced.ended?.reason ?? null},
      ended_at = ${advanced.ended ? now : null}, updated_at = ${now}, rev = rev + 1
    where workspace_id = ${run.workspace_id} and id = ${run.id}`.execute(tx);
}

function waitingFor(advanced: Advanced<JsonObject>): 'person' | 'time' | 'event' {
  if (advanced.gates.length > 0) return 'person';
  return advanced.waits.some((wait) => wait.purpose === 'wait') ? 'event' : 'time';
}

async function writeSteps(tx: Tx, run: RunRow, record: TurnRecord): Promise<void> {
  if (record.advanced.steps.length === 0) return;
  const latest = new Map(record.advanced.steps.map((step) => [`${step.step}/${step.visit}`, step]));
  await tx
    .insertInto('step')
    .values(
      [...latest.values()].map((step) => ({
        workspace_id: run.workspace_id,
        run_id: run.id,
        step: step.step,
        visit: step.visit,
        generation: record.generation,
        kind: step.kind,
        title: step.title,
        status: step.status,
        waiting_for: step.waitingFor ?? null,
        detail: JSON.stringify(step.detail ?? {}),
        started_at: step.startedAt ?? record.now,
        ended_at: step.endedAt ?? (isOver(step.status) ? record.now : null),
        due_at: step.dueAt ?? null,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'run_id', 'step', 'visit', 'generation']).doUpdateSet((eb) => ({
        status: eb.ref('excluded.status'),
        title: eb.ref('excluded.title'),
        waiting_for: eb.ref('excluded.waiting_for'),
        detail: sql`step.detail || excluded.detail`,
        ended_at: eb.ref('excluded.ended_at'),
        due_at: eb.ref('excluded.due_at'),
      })),
    )
    .execute();
}

function isOver(status: string): boolean {
  return status === 'done' || status === 'failed' || status === 'skipped';
}
