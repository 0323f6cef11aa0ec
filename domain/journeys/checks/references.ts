import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyGraph, Place } from '../graph.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { triggerUses, type Use } from '../nodes/uses.ts';
import { unknownName } from './outputs.ts';
import { afterFailure, afterSuccess } from './paths.ts';
import { atJourney, atNode, type Check } from './problems.ts';

/** Values that are not there: outputs of unknown, later or skipped steps, unknown properties, events outside a filter. */
export const checkReferences: Check = (definition, graph) => {
  const histories = historyOf(graph);
  const ranks = new Map([...graph.places.keys()].map((id, index) => [id, index]));
  /** Whether a step is among those of `of`. */
  const has = (of: bigint, step: string): boolean => ((of >> BigInt(ranks.get(step) ?? 0)) & 1n) === 1n;
  const passedAt = (place: Place): Passed | null => {
    const history = histories.get(place);
    return history ? { some: (step) => has(history.some, step), every: (step) => has(history.every, step) } : null;
  };
  return [
    ...journeyUses(definition).flatMap((use) =>
      faultsOf(use, graph, null).map((fault) => atJourney(use.field, fault.code, fault.message, fault.hint)),
    ),
    ...[...graph.places.values()].flatMap((place) =>
      kindOf(place.node)
        .uses(place.node)
        .flatMap((use) =>
          faultsOf(use, graph, passedAt(place)).map((fault) =>
            atNode(place, fault.code, fault.message, fault.hint, use.field),
          ),
        ),
    ),
  ];
};

type Fault = Pick<JourneyProblem, 'code' | 'message' | 'hint'>;

/** The steps that some way to a place, or every way, has been through: a bit for each, by its place in the journey. */
type History = { some: bigint; every: bigint };

/** Whether some way to a place, or every way, has been through a step. */
type Passed = { some(step: string): boolean; every(step: string): boolean };

const nothing: History = { some: 0n, every: 0n };

function journeyUses({ entry, exitWhen, goal }: JourneyDefinition): Use[] {
  return [
    ...entry.flatMap((trigger, index) => triggerUses(`entry.${index}`, trigger)),
    ...exitWhen.flatMap((trigger, index) => triggerUses(`exitWhen.${index}`, trigger)),
    ...(goal ? triggerUses('goal.when', goal.when) : []),
  ];
}

/** `passed` null: of an exit or a goal, which are evaluated at any time, or of a step that no run reaches. */
function faultsOf({ reference }: Use, graph: JourneyGraph, passed: Passed | null): Fault[] {
  if (reference.from === 'event') {
    const message = 'A property of an event is known only in the filter that looks at the event';
    return [
      { code: 'event.outsideFilter', message, hint: 'Take it from the output of the waitFor step, or from entry.' },
    ];
  }
  if (reference.from === 'segmentRule') {
    const message = 'What a contact did, and whether they are in a segment, is asked by the rules of segments alone';
    return [{ code: 'condition.ofSegment', message, hint: 'Wait for the event, or ask an attribute.' }];
  }
  if (reference.from !== 'output' || reference.step === null) return [];
  const { step, path, isGuarded } = reference;
  const target = graph.places.get(step);
  if (!target) return [{ code: 'output.unknownStep', message: `There is no step '${step}'`, hint: 'Correct the id.' }];
  const schema = kindOf(target.node).output(target.node);
  if (!schema) {
    return [{ code: 'output.none', message: `A ${target.node.kind} step has no output`, hint: 'Take another step.' }];
  }
  const name = unknownName(schema, path);
  if (name !== null) {
    const message = `The output of '${step}' has no '${name}'`;
    return [{ code: 'output.unknownProperty', message, hint: 'Correct the name, or add it to the step’s output.' }];
  }
  if (passed === null || passed.every(step)) return [];
  if (!passed.some(step)) {
    const message = `The output of '${step}' is used before that step`;
    return [{ code: 'output.beforeStep', message, hint: 'Move the step up, or this one down.' }];
  }
  if (isGuarded) return [];
  const message = `A run can get here without '${step}', and then its output is missing`;
  return [{ code: 'output.maybeMissing', message, hint: 'Give something that stands in for it with firstOf.' }];
}

/**
 * Forward data flow to a fixed point: sets only grow in `some` and shrink in `every`, so it ends. What has changed waits once, behind all
 * that waits already, so that a place is looked at when most of the ways to it have been.
 */
function historyOf(graph: JourneyGraph): Map<Place, History> {
  const histories = new Map<Place, History>();
  const first = graph.first === null ? undefined : graph.places.get(graph.first);
  if (!first) return histories;
  const bits = new Map([...graph.places.values()].map((place, index) => [place, 1n << BigInt(index)]));
  histories.set(first, nothing);
  const open = new Set([first]);
  for (const place of open) {
    open.delete(place);
    const arriving = histories.get(place) ?? nothing;
    const own = bits.get(place) ?? 0n;
    const done: History = { some: arriving.some | own, every: arriving.every | own };
    const ways: [Place, History][] = [
      ...afterSuccess(place, graph).map((next): [Place, History] => [next, done]),
      ...afterFailure(place, graph).map((next): [Place, History] => [next, arriving]),
    ];
    for (const [next, leaving] of ways) {
      const known = histories.get(next);
      const joined = known ? { some: known.some | leaving.some, every: known.every & leaving.every } : leaving;
      if (known && joined.some === known.some && joined.every === known.every) continue;
      histories.set(next, joined);
      open.add(next);
    }
  }
  return histories;
}
