import type { JourneyProblem } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyGraph, Place } from '../graph.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { triggerUses, type Use } from '../nodes/uses.ts';
import { unknownName } from './outputs.ts';
import { successorsOf } from './paths.ts';
import { atJourney, atNode, type Check } from './problems.ts';

/** Values that are not there: outputs of unknown, later or skipped steps, unknown properties, events outside a filter. */
export const checkReferences: Check = (definition, graph) => {
  const history = historyOf(graph);
  return [
    ...journeyUses(definition).flatMap((use) =>
      faultsOf(use, graph, null).map((fault) => atJourney(use.field, fault.code, fault.message, fault.hint)),
    ),
    ...[...graph.places.values()].flatMap((place) =>
      kindOf(place.node)
        .uses(place.node)
        .flatMap((use) =>
          faultsOf(use, graph, history.get(place) ?? null).map((fault) =>
            atNode(place, fault.code, fault.message, fault.hint, use.field),
          ),
        ),
    ),
  ];
};

type Fault = Pick<JourneyProblem, 'code' | 'message' | 'hint'>;

/** The steps that some way to a place, or every way, has been through. */
type History = { some: ReadonlySet<string>; every: ReadonlySet<string> };

function journeyUses({ entry, exitWhen, goal }: JourneyDefinition): Use[] {
  return [
    ...entry.flatMap((trigger, index) => triggerUses(`entry.${index}`, trigger)),
    ...exitWhen.flatMap((trigger, index) => triggerUses(`exitWhen.${index}`, trigger)),
    ...(goal ? triggerUses('goal.when', goal.when) : []),
  ];
}

/** `history` null: of an exit or a goal, which are evaluated at any time, or of a step that no run reaches. */
function faultsOf({ reference }: Use, graph: JourneyGraph, history: History | null): Fault[] {
  if (reference.from === 'event') {
    const message = 'A property of an event is known only in the filter that looks at the event';
    return [
      { code: 'event.outsideFilter', message, hint: 'Take it from the output of the waitFor step, or from entry.' },
    ];
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
  if (history === null || history.every.has(step)) return [];
  if (!history.some.has(step)) {
    const message = `The output of '${step}' is used before that step`;
    return [{ code: 'output.beforeStep', message, hint: 'Move the step up, or this one down.' }];
  }
  if (isGuarded) return [];
  const message = `A run can get here without '${step}', and then its output is missing`;
  return [{ code: 'output.maybeMissing', message, hint: 'Give something that stands in for it with firstOf.' }];
}

/** Forward data flow to a fixed point: sets only grow in `some` and shrink in `every`, so it ends. */
function historyOf(graph: JourneyGraph): Map<Place, History> {
  const histories = new Map<Place, History>();
  const first = graph.first === null ? undefined : graph.places.get(graph.first);
  if (!first) return histories;
  histories.set(first, { some: new Set(), every: new Set() });
  const open = [first];
  for (let place = open.pop(); place; place = open.pop()) {
    const { some, every } = histories.get(place) ?? { some: new Set(), every: new Set() };
    const id = place.node.id;
    const leaving: History = { some: new Set([...some, id]), every: new Set([...every, id]) };
    for (const next of successorsOf(place, graph)) {
      const known = histories.get(next);
      const joined = known ? join(known, leaving) : leaving;
      if (known && joined.some.size === known.some.size && joined.every.size === known.every.size) continue;
      histories.set(next, joined);
      open.push(next);
    }
  }
  return histories;
}

function join(a: History, b: History): History {
  return { some: new Set([...a.some, ...b.some]), every: new Set([...a.every].filter((id) => b.every.has(id))) };
}
