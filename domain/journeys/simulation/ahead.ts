import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { SimulationScript } from '../../../contracts/journeys/simulation.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { RunAhead } from '../../../contracts/runs/runs-api.schema.ts';
import { advance } from '../advance.ts';
import { openVisit } from '../turn.ts';
import type { JourneyState } from '../state.ts';
import { simulateJourney } from './simulate.ts';

type Way = RunAhead['ways'][number];

/** Lines of one way that a person still reads beside the run. */
const shownSteps = 5;
/** A way that is longer than this loops, or is far away. */
const stepLimit = 60;
/** More ways than this nobody compares; a run listens to a handful. */
const mostWays = 6;

/**
 * What would happen to a live run from where it stands, by the interpreter that production uses, on a virtual clock, with what is known of the
 * person now: where nothing comes, at each event that it listens to, and at each decision that it waits for. An event is taken without
 * properties: one that changes nothing so is left out.
 */
export function aheadOf(
  definition: JourneyDefinition,
  of: { state: JourneyState; now: string; contact: JsonObject; workspaceZone: string },
): Way[] {
  const { state, now, contact, workspaceZone } = of;
  if (state.end !== null || state.isPaused) return [];
  const open = advance(definition, state, { now, contact, workspaceZone, mailbox: [] });
  const wayOf = (when: Way['when'], script: SimulationScript): Way => {
    const input = { at: now, contact, workspaceZone, script, from: state, stepLimit };
    const { steps, outcome, reason, endedAt, assumptions } = simulateJourney(definition, input);
    const standing = new Set(state.tokens.map((token) => openVisit(token)?.step));
    const coming = steps.filter(({ step, visit }) => !(standing.has(step) && visit === state.visits[step]));
    return {
      when,
      steps: coming
        .slice(0, shownSteps)
        .map(({ step, kind, title, startedAt }) => ({ step, kind, title, at: startedAt })),
      more: Math.max(0, coming.length - shownSteps),
      outcome,
      reason,
      endedAt,
      assumptions,
    };
  };
  const mustDecide = open.gates.some(({ onTimeout }) => onTimeout === null);
  const alone = mustDecide ? null : wayOf({ kind: 'nothing', name: null }, {});
  const events = open.waits
    .filter(({ purpose }) => purpose !== 'goal')
    .map(({ eventName: name, key }) =>
      wayOf({ kind: 'event', name }, { events: [{ after: 'PT0S', name, ...(key === null ? {} : { key }) }] }),
    );
  const decisions = open.gates.flatMap(({ step, outcomes }) =>
    outcomes.map(({ name, label }) =>
      wayOf({ kind: 'decision', name: label }, { decisions: { [step]: [{ outcome: name }] } }),
    ),
  );
  const all = [...decisions, ...events.filter((way) => courseOf(way) !== courseOf(alone))];
  const isStill = alone === null || (alone.outcome === 'stuck' && alone.steps.length === 0);
  return [...(isStill ? [] : [alone]), ...all].slice(0, mostWays);
}

/** A way as it goes, whatever it began with. */
function courseOf(way: Way | null): string {
  const { when: _, ...course } = way ?? { when: null };
  return JSON.stringify(course);
}
