import { createHash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { GateSpec, JsonObject } from '../../../contracts/core/machine.ts';
import { newId } from '../../ids.ts';
import { enqueueMessage, holdRun } from '../runs/runs.ts';
import type { Database } from '../tables/tables.ts';
import type { RunRow } from '../runs/turns.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A gate's row. */
export type GateRow = Selectable<Database['gate']>;

/** The hash that a decision names: SHA-256 over the canonical JSON of what is shown. */
export function contentHash(content: JsonObject): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}

/**
 * Makes the run's open gates match what its machine waits for: opens what is new with the next round of its step, withdraws
 * what it no longer waits for. A gate of an earlier generation is withdrawn, so that an old decision never passes new content.
 */
export async function matchGates(tx: Tx, run: RunRow, generation: number, open: GateSpec[]): Promise<void> {
  // No gate was open and none is wanted: the usual turn.
  if (open.length === 0 && run.waiting_for !== 'person') return;
  const existing = await kysely(tx)
    .selectFrom('gate')
    .select(['id', 'step', 'visit', 'generation', 'status', 'due_at'])
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .execute();
  const isCurrent = (gate: { step: string; visit: number; generation: number }, spec: GateSpec): boolean =>
    gate.generation === generation && gate.step === spec.step && gate.visit === spec.visit;
  const stale = existing.filter((gate) => gate.status === 'open' && !open.some((spec) => isCurrent(gate, spec)));
  if (stale.length > 0) {
    await kysely(tx)
      .updateTable('gate')
      .set({ status: 'withdrawn', rev: sql`rev + 1` })
      .where('workspace_id', '=', run.workspace_id)
      .where(
        'id',
        'in',
        stale.map((gate) => gate.id),
      )
      .where('status', '=', 'open')
      .execute();
  }
  // One that was withdrawn as its run ended is asked for again by a run that is taken up.
  const known = existing.filter((gate) => gate.status !== 'withdrawn');
  for (const spec of open) {
    const gate = known.find((one) => isCurrent(one, spec));
    if (!gate) await openGate(tx, run, generation, spec);
    else if (gate.status === 'open' && isOtherInstant(gate.due_at, spec.dueAt))
      await moveDeadline(tx, run, gate.id, spec.dueAt);
  }
}

function isOtherInstant(at: Date | null, instant: string | null): boolean {
  return (at?.getTime() ?? null) !== (instant === null ? null : Date.parse(instant));
}

/** A pause that is over has moved it. */
async function moveDeadline(tx: Tx, run: RunRow, gateId: string, dueAt: string | null): Promise<void> {
  await sql`update gate set due_at = ${dueAt}, rev = rev + 1
    where workspace_id = ${run.workspace_id} and id = ${gateId} and status = 'open'`.execute(kysely(tx));
}

async function openGate(tx: Tx, run: RunRow, generation: number, spec: GateSpec): Promise<void> {
  await kysely(tx)
    .insertInto('gate')
    .values({
      workspace_id: run.workspace_id,
      id: newId(),
      run_id: run.id,
      step: spec.step,
      visit: spec.visit,
      generation,
      round: sql<number>`(select coalesce(max(round), 0) + 1 from gate where workspace_id = ${run.workspace_id} and run_id = ${run.id} and step = ${spec.step})`,
      title: spec.title,
      outcomes: JSON.stringify(spec.outcomes),
      assignee_kind: spec.assignee.kind,
      assignee_id: spec.assignee.id,
      content: JSON.stringify(spec.content),
      content_hash: contentHash(spec.content),
      due_at: spec.dueAt,
      on_timeout: spec.onTimeout,
      requested_by: run.requested_by,
    })
    .execute();
}

/** The message from a settled gate to its run. */
export type GateVerdict = { outcome: string; comment: string | null; form: JsonObject | null };

/**
 * Settles an open, locked gate and puts the outcome in its run's mailbox, in the caller's transaction; the caller wakes the
 * run. The message's ref is the gate's id, so a gate sends one message.
 */
export async function settleGate(
  tx: Tx,
  gate: GateRow,
  status: 'decided' | 'expired',
  verdict: GateVerdict,
): Promise<void> {
  await kysely(tx)
    .updateTable('gate')
    .set({ status, outcome: verdict.outcome, decided_at: sql`now()`, rev: sql`rev + 1` })
    .where('workspace_id', '=', gate.workspace_id)
    .where('id', '=', gate.id)
    .execute();
  await enqueueMessage(tx, {
    workspaceId: gate.workspace_id,
    runId: gate.run_id,
    kind: 'gate',
    ref: gate.id,
    payload: { step: gate.step, visit: gate.visit, round: gate.round, generation: gate.generation, ...verdict },
  });
}

/**
 * Expires the run's open gates whose deadline has passed, with the outcome each names for that. A gate without one stays open, and so does one
 * whose deadline came after a pause that the run has not received yet: the run says what becomes of it.
 */
export async function expireGates(tx: Tx, run: RunRow, now: Date): Promise<void> {
  // No gate is open: `waitingFor`.
  if (run.waiting_for !== 'person') return;
  const due = await kysely(tx)
    .selectFrom('gate')
    .selectAll()
    .where('workspace_id', '=', run.workspace_id)
    .where('run_id', '=', run.id)
    .where('status', '=', 'open')
    .where('due_at', '<=', now)
    .where(sql<boolean>`due_at <= coalesce(${unreadPause}, due_at)`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  for (const gate of due) {
    if (gate.on_timeout !== null)
      await settleGate(tx, gate, 'expired', { outcome: gate.on_timeout, comment: null, form: null });
  }
}

/** When the run of a gate was paused, where it has not received that yet. */
const unreadPause = sql<Date | null>`(select min(i.at) from run_inbox i where i.workspace_id = gate.workspace_id and i.run_id = gate.run_id
  and i.kind = 'pause' and i.consumed_turn is null)`;

/** The condition that a pause of its run holds the deadline of `gate`, and so decides nothing; `run` is joined. */
export const heldByPause = sql<boolean>`(run.status = 'paused' or coalesce(${unreadPause} < gate.due_at, false))`;

/** Whether a pause of its run holds the deadline of a gate. */
export async function isHeldByPause(tx: Tx, gate: GateRow): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select ${heldByPause} as held from gate join run on run.workspace_id = gate.workspace_id and run.id = gate.run_id
    where gate.workspace_id = ${gate.workspace_id} and gate.id = ${gate.id}`.execute(kysely(tx));
  return rows[0]?.held ?? false;
}

/** Locks a gate for a decision, and holds its run before; undefined when the workspace has none with that id. */
export async function lockGate(tx: Tx, workspaceId: string, gateId: string): Promise<GateRow | undefined> {
  const gate = await kysely(tx)
    .selectFrom('gate')
    .select('run_id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', gateId)
    .executeTakeFirst();
  if (!gate) return undefined;
  await holdRun(tx, workspaceId, gate.run_id);
  return kysely(tx)
    .selectFrom('gate')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', gateId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}
