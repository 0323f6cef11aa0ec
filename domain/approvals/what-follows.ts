import type { BatchStage } from '../../contracts/documents/documents.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { RunKindName } from '../../contracts/runs/run-kinds.schema.ts';
import { isUnknownMailStep, unknownMailOutcomes } from '../courses/unknown-mails.ts';
import { stages } from '../documents/stages/stages.ts';
import { graphOf } from '../journeys/graph.ts';
import { kindOf } from '../journeys/nodes/node-kinds.ts';
import { titleOf } from '../journeys/nodes/node-title.ts';

/** What follows each outcome of a gate, in words; null or nothing where that is not known. */
export type Follows = Map<string, string | null>;

/** What a gate's outcomes follow from: its step and what it shows, and the journey whose approval opened it where one did. */
export type OpenedGate = {
  step: string;
  content: Readonly<Record<string, unknown>>;
  definition: JourneyDefinition | null;
};

/** What follows the outcomes of a gate that a run of this kind opened. */
export function followsIn(kind: string, gate: OpenedGate): Follows {
  const said = Object.hasOwn(follows, kind) ? follows[kind as RunKindName] : undefined;
  return said?.(gate) ?? new Map();
}

/** A kind that is not here says nothing of its gates. */
const follows: { [K in RunKindName]?: (gate: OpenedGate) => Follows } = {
  /** The first step of each branch, which is the one after the approval where a branch has no steps of its own. */
  journey({ step, definition }) {
    const places = definition && graphOf(definition).places;
    const nodeAt = (id: string | null) => (id === null ? undefined : places?.get(id)?.node);
    const titleAt = (id: string): string => {
      const node = nodeAt(id);
      return node ? titleOf(node) : id;
    };
    const words = (first: string | null): string => {
      const node = nodeAt(first);
      return node ? kindOf(node).words(node, titleOf(node), titleAt) : 'the journey ends';
    };
    return new Map(places?.get(step)?.branches.map(({ name, first }) => [name, words(first)]));
  },

  /** Of a refund and of a mail of unknown end; of another gate of an enrollment nothing is said. */
  enrollment({ step, content: { refund } }) {
    if (isUnknownMailStep(step)) return new Map(unknownMailOutcomes.map(({ name, follows: what }) => [name, what]));
    if (step !== 'refund' || typeof refund !== 'string') return new Map();
    return new Map([
      ['approve', `${refund} goes back, the seat is freed`],
      ['adjust', 'your amount goes back, the seat is freed'],
      ['refuse', 'nothing goes back, the seat is freed'],
    ]);
  },

  /** What the record of its stage says. */
  batch: ({ step, content }) =>
    new Map(Object.hasOwn(stages, step) ? Object.entries(stages[step as BatchStage].follows(content)) : []),
};
