import type { BatchStage } from '../../contracts/documents/documents.ts';
import type { ApprovalNode } from '../../contracts/journeys/nodes.schema.ts';
import type { RunKindName } from '../../contracts/runs/run-kinds.schema.ts';
import { isUnknownMailStep, unknownMailOutcomes } from '../courses/unknown-mails.ts';
import { stages } from '../documents/stages/stages.ts';
import { kindOf } from '../journeys/nodes/node-kinds.ts';
import { titleOf } from '../journeys/nodes/node-title.ts';

/** What follows each outcome of a gate, in words; null or nothing where that is not known. */
export type Follows = Map<string, string | null>;

/** What a gate's outcomes follow from: its step and what it shows, and the approval that opened it where a journey did. */
export type OpenedGate = {
  step: string;
  content: Readonly<Record<string, unknown>>;
  node: Pick<ApprovalNode, 'outcomes'> | null;
};

/** What follows the outcomes of a gate that a run of this kind opened. */
export function followsIn(kind: string, gate: OpenedGate): Follows {
  return Object.hasOwn(follows, kind) ? follows[kind as RunKindName](gate) : new Map();
}

const follows: { [K in RunKindName]: (gate: OpenedGate) => Follows } = {
  /** The first step of each branch; after one without steps comes what follows the approval. */
  journey: ({ node }) =>
    new Map(
      node?.outcomes.map(({ name, steps }) => [
        name,
        steps[0] ? kindOf(steps[0]).words(steps[0], titleOf(steps[0])) : 'the journey goes on',
      ]),
    ),

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
