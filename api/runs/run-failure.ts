import type { JsonObject, RepairKind } from '../../contracts/core/machine.ts';
import type { RunFailure } from '../../contracts/runs/runs-api.schema.ts';
import { graphOf } from '../../domain/journeys/graph.ts';
import { kindOf } from '../../domain/journeys/nodes/node-kinds.ts';
import { repairsOf } from '../../domain/journeys/repair.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { journeyOfRun } from '../../platform/db/journeys/journey-starts.ts';
import { effectsThatMayHaveHappened, failedStep } from '../../platform/db/runs/reopen-run.ts';
import type { RunRow } from '../../platform/db/runs/turns.ts';
import { effectOf } from './effect-view.ts';

/** Where a run failed, and how it may be taken up there. */
export type FoundFailure = { failure: RunFailure; repairs: RepairKind[] };

/** The step at which a journey's run failed; null for every other run, and where no step of its version did. */
export async function findFailure(tx: Tx, run: RunRow): Promise<FoundFailure | null> {
  const line = run.status === 'failed' ? await failedStep(tx, run) : undefined;
  const journey = line && (await journeyOfRun(tx, run));
  const place = journey && graphOf(journey.definition).places.get(line.step);
  if (!line || !place) return null;
  const repairs = repairsOf(place);
  const output: JsonObject | null = repairs.includes('complete') ? kindOf(place.node).output(place.node) : null;
  const happened = (await effectsThatMayHaveHappened(tx, run, line)).map(effectOf);
  return { failure: { ...line, reason: run.reason ?? '', output, happened }, repairs };
}
