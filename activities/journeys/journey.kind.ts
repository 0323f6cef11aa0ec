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
import { loadDefinition, loadJourneyRun } from '../../platform/db/journeys/journey-runs.ts';
import { enterAfterRun } from '../../platform/db/journeys/event-intake.ts';
import { reachGoalAfterEnd } from '../../platform/db/journeys/goals.ts';
import type { RunKind } from '../engine/run-kind.ts';

/** Definitions kept in memory by their hash; a workspace has tens of live ones, tens of kilobytes each. */
const maxDefinitions = 500;

/** Journey runs: the interpreter over the run's version, its contact as it is now and what started it. */
export function createJourneyKind(): RunKind {
  const definitions = new LRUCache<string, JourneyDefinition>({ max: maxDefinitions });
  return {
    async load(tx, run) {
      const facts = await loadJourneyRun(tx, run.workspace_id, run.id);
      const known = definitions.get(facts.sha256);
      const definition = known ?? ((await loadDefinition(tx, run.workspace_id, facts.versionId)) as JourneyDefinition);
      definitions.set(facts.sha256, definition);
      return {
        advance: (state, { now, mailbox: inbox }) =>
          asJson(
            advance(definition, stateOf(state) ?? startJourney(facts.entry as unknown as JourneyEntry), {
              now,
              mailbox: inbox,
              contact: facts.contact,
              workspaceZone: facts.workspaceZone,
            }),
          ),
        async afterEnd({ state: ended }) {
          if (definition.goal) await reachGoalAfterEnd(tx, run.workspace_id, run.id);
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
