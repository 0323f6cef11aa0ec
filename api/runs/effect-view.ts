import { z } from 'zod';
import { Effect } from '../../contracts/runs/effects-api.schema.ts';
import type { EffectRow } from '../../platform/db/runs/effects.ts';

const StoredError = z.object({ code: z.string(), message: z.string(), words: z.string().nullable().default(null) });

/** An effect's row as the API shows it: no request, no bytes, no result, since they hold addresses and texts. */
export function effectOf(row: EffectRow & { delivery?: unknown }): Effect {
  const error = StoredError.safeParse(row.error);
  return {
    id: row.id,
    runId: row.run_id,
    step: row.step,
    visit: row.visit,
    generation: row.generation,
    kind: Effect.shape.kind.parse(row.kind),
    mode: Effect.shape.mode.parse(row.mode),
    state: Effect.shape.state.parse(row.state),
    attempt: row.attempt,
    error: error.success ? error.data : null,
    costMicros: Number(row.cost_micros),
    plannedAt: row.planned_at.toISOString(),
    handedOffAt: row.handed_off_at?.toISOString() ?? null,
    settledAt: row.settled_at?.toISOString() ?? null,
    message: messageOf(row),
    delivery: Effect.shape.delivery.parse(row.delivery ?? null),
    resolution: Effect.shape.resolution.parse(row.resolution),
  };
}

/** Whether the effect's mail has a link that acts in the name of one member: nobody else may see it. */
export function isForOneMember({ request }: Pick<EffectRow, 'request'>): boolean {
  return 'gate' in request;
}

function messageOf(row: EffectRow): Effect['message'] {
  if (isForOneMember(row)) return null;
  if (row.frozen) return { sizeBytes: row.frozen.length, isKept: true };
  return row.frozen_size === null ? null : { sizeBytes: Number(row.frozen_size), isKept: row.frozen_key !== null };
}
