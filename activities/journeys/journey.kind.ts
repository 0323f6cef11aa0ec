import { LRUCache } from 'lru-cache';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { Advanced, JsonObject } from '../../contracts/core/machine.ts';
import { advance } from '../../domain/journeys/advance.ts';
import { endOf } from '../../domain/journeys/entry.ts';
import {
  startJourney,
  storedState,
  upgradeState,
  type JourneyEntry,
  type JourneyState,
  type StoredState,
} from '../../domain/journeys/state.ts';
import { moveRun, type Moved } from '../../domain/journeys/versions/move-run.ts';
import { followVersion, refuseMove } from '../../platform/db/journeys/move-runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { journeyFacts, type JourneyRunFacts, loadDefinition } from '../../platform/db/journeys/journey-runs.ts';
import { enterAfterRun } from '../../platform/db/journeys/event-intake.ts';
import { reachGoalAfterEnd } from '../../platform/db/journeys/goals.ts';
import type { RunKind } from '../engine/run-kind.ts';

/** Definitions kept in memory by their hash; a workspace has tens of live ones, tens of kilobytes each. */
const maxDefinitions = 500;

/** Journey runs: the interpreter over the run's version, its contact as it is now and what started it. */
export function createJourneyKind(): RunKind<JourneyRunFacts> {
  const definitions = new LRUCache<string, JourneyDefinition>({ max: maxDefinitions });
  const read = async (
    tx: Tx,
    workspaceId: string,
    version: { versionId: string; sha256: string },
  ): Promise<JourneyDefinition> => {
    const known = definitions.get(version.sha256);
    const definition = known ?? ((await loadDefinition(tx, workspaceId, version.versionId)) as JourneyDefinition);
    definitions.set(version.sha256, definition);
    return definition;
  };
  return {
    facts: journeyFacts,
    async load(tx, run, facts) {
      let definition = await read(tx, run.workspace_id, facts);
      const target = facts.move && (await read(tx, run.workspace_id, facts.move));
      let moved: Moved | undefined;
      return {
        advance(stored, { mailbox, ...turn }) {
          const state = stateOf(stored) ?? startJourney(facts.entry as unknown as JourneyEntry);
          const { contact, workspaceZone } = facts;
          const input = { ...turn, mailbox, contact, workspaceZone };
          if (target && state.end === null) moved = moveRun(definition, target, state, input);
          if (!target || moved?.kind !== 'moves') return asJson(advance(definition, state, input));
          definition = target;
          return asJson(advance(definition, moved.state, { ...input, listening: moved.listening }));
        },
        async project() {
          if (!facts.move || !moved) return;
          if (moved.kind === 'moves') await followVersion(tx, run, facts.move.versionId);
          else await refuseMove(tx, run, facts.move.bulkId, moved);
        },
        async afterEnd({ state: ended }) {
          if (definition.goal) await reachGoalAfterEnd(tx, run.workspace_id, run.id, definition);
          // No other policy lets in because a run has ended.
          if (definition.reentry !== 'afterExit') return;
          await enterAfterRun(tx, run.workspace_id, run.id, endOf(ended as unknown as JourneyState));
        },
      };
    },
  };
}

/** The stored state is what an earlier turn left, made by this code or by code of before. */
function stateOf(state: JsonObject | null): JourneyState | null {
  return state === null ? null : upgradeState(state as unknown as StoredState);
}

/** The state is plain JSON by the interpreter's contract. */
function asJson(advanced: Advanced<JourneyState>): Advanced<JsonObject> {
  return { ...advanced, state: storedState(advanced.state) as unknown as JsonObject };
}
