import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inWorkspace } from '../core/workspace.ts';
import { type EffectRow, leaseEnd } from '../runs/effects.ts';
import { isToStop } from '../runs/turns.ts';

/** An effect whose bytes are about to leave, and the id of the action that it is done for, where it is done for one. */
export type HandingOff = { effect: EffectRow; action?: string };

/**
 * The fence: called at the instant the bytes of effects of one workspace leave. False means that another attempt owns the effect, the run is over
 * or was rewound, or an exit waits unread; then nothing may leave. Neither may what is done for an action that is not open any more.
 * @returns what holds for each, in the order of `all`
 */
export async function handOffEffects(db: Db, workspaceId: string, all: readonly HandingOff[]): Promise<boolean[]> {
  const sorted = all.toSorted((a, b) => (a.effect.id < b.effect.id ? -1 : 1));
  const of = <T>(value: (each: HandingOff) => T): T[] => sorted.map(value);
  const passed = await inWorkspace(db, workspaceId, async (tx) => {
    const { rows } = await sql<{ id: string; attempt: number }>`
      update effect set state = 'handedOff', handed_off_at = now(), lease_until = ${leaseEnd}, rev = rev + 1
      from unnest(${of(({ effect }) => effect.id)}::uuid[], ${of(({ effect }) => effect.attempt)}::int[], ${of(({ effect }) => effect.generation)}::int[],
        ${of(({ action }) => (action === undefined ? '[]' : JSON.stringify([{ id: action }])))}::text[]) as mine (id, attempt, generation, open)
      where effect.workspace_id = ${workspaceId} and effect.id = mine.id and effect.state = 'claimed' and effect.attempt = mine.attempt
        and exists (select 1 from run where workspace_id = ${workspaceId} and id = effect.run_id and ended_at is null
          and generation = mine.generation and run.open @> mine.open::jsonb)
        and not ${isToStop(workspaceId, sql`effect.run_id`)}
      returning effect.id, effect.attempt`.execute(kysely(tx));
    return new Set(rows.map(nameOf));
  });
  return all.map(({ effect }) => passed.has(nameOf(effect)));
}

function nameOf({ id, attempt }: { id: string; attempt: number }): string {
  return `${id}/${attempt}`;
}
