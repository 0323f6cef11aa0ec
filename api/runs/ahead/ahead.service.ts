import { Injectable } from '@nestjs/common';
import type { RunAhead } from '../../../contracts/runs/runs-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { aheadOf } from '../../../domain/journeys/simulation/ahead.ts';
import { type JourneyEntry, startJourney, type StoredState, upgradeState } from '../../../domain/journeys/state.ts';
import { foundJourneyFacts, loadDefinition } from '../../../platform/db/journeys/journey-runs.ts';
import { readOne } from '../../../platform/db/core/readings.ts';
import { factsOf, findRun } from '../../../platform/db/views/runs/runs-list.ts';
import { notFound } from '../../http/errors/app-error.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** Says what would happen to a run next, by the interpreter that makes it happen. */
@Injectable()
export class AheadService {
  constructor(private readonly store: Store) {}

  /** Of journeys alone: the other kinds of runs wait for people, money and models, which nothing computes ahead. */
  async ahead(caller: Principal, id: string): Promise<RunAhead> {
    const at = new Date().toISOString();
    const read = await this.store.inWorkspace(caller, async (tx) => {
      const run = await findRun(tx, caller.workspaceId, id);
      if (!run) throw notFound('run');
      const known = foundJourneyFacts({ workspaceId: caller.workspaceId, runId: id });
      const facts = run.ended_at === null ? await readOne(tx, known) : undefined;
      if (!facts) return null;
      const definition = (await loadDefinition(tx, caller.workspaceId, facts.versionId)) as JourneyDefinition;
      return { stored: await factsOf(tx, run), facts, definition };
    });
    if (!read) return { at, ways: [] };
    const { stored, facts, definition } = read;
    const { contact, workspaceZone, entry } = facts;
    const isBegun = Object.keys(stored).length > 0;
    // Both are what the engine has stored itself.
    const state = isBegun ? upgradeState(stored as StoredState) : startJourney(entry as unknown as JourneyEntry);
    return { at, ways: aheadOf(definition, { state, now: at, contact, workspaceZone }) };
  }
}
