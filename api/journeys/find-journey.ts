import type { Journey } from '../../contracts/journeys/journeys-api.schema.ts';
import { JourneyStatus } from '../../contracts/journeys/journeys-api.schema.ts';
import { findJourney, type JourneyRow } from '../../platform/db/journeys/journeys.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { AppError, notFound } from '../http/errors/app-error.ts';
import type { Principal } from '../http/caller/principal.ts';

/** The journey of a path. @throws AppError 404 `journey.notFound` */
export async function requireJourney(
  tx: Tx,
  caller: Principal,
  slug: string,
  options: { lock: boolean } = { lock: false },
): Promise<JourneyRow> {
  const row = await findJourney(tx, caller.workspaceId, slug, options);
  if (!row) throw notFound('journey');
  return row;
}

/** Refuses a change that was made of an older state. @throws AppError 412 `journey.stale` */
export function requireRev(rev: number, expectedRev: number | undefined): void {
  if (expectedRev === undefined || expectedRev === rev) return;
  throw new AppError(412, 'journey.stale', { detail: 'Someone has changed the journey since', extra: { rev } });
}

/** A journey's row as a list shows it. */
export function journeyOf(row: JourneyRow): Journey {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: JourneyStatus.parse(row.status),
    liveVersion: row.live_version,
    rev: Number(row.rev),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
