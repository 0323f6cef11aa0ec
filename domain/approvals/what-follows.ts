import type { ApprovalNode } from '../../contracts/journeys/journey.ts';
import { kindOf } from '../journeys/nodes/node-kinds.ts';
import { titleOf } from '../journeys/nodes/node-title.ts';

/** What follows each outcome of an approval in a journey: the first step of its branch, in words; null where it just goes on. */
export function followsInJourney(node: Pick<ApprovalNode, 'outcomes'>): Map<string, string | null> {
  return new Map(
    node.outcomes.map(({ name, steps }) => [
      name,
      steps[0] ? kindOf(steps[0]).words(steps[0], titleOf(steps[0])) : null,
    ]),
  );
}

/** What follows the outcomes of a batch's two gates. */
export function followsInBatch(step: string, content: Readonly<Record<string, unknown>>): Map<string, string> {
  const count = (name: string): string => new Intl.NumberFormat('en').format(Number(content[name] ?? 0));
  if (step === 'approve-estimate')
    return new Map([
      ['approve', `writes ${count('documents')} documents, within the budget`],
      ['stop', 'nothing is written, nothing more is spent'],
    ]);
  return new Map([
    ['approve', 'packs the clean ones, the approved ones and the undecided ones'],
    ['reject', 'packs the clean and the approved ones, leaves out the rest'],
    ['stop', 'packs nothing; what was spent stays spent'],
  ]);
}

/** What follows the outcomes of a refund's gate; of another gate of an enrollment nothing is said. */
export function followsInEnrollment(step: string, content: Readonly<Record<string, unknown>>): Map<string, string> {
  const { refund } = content;
  if (step !== 'refund' || typeof refund !== 'string') return new Map();
  return new Map([
    ['approve', `${refund} goes back, the seat is freed`],
    ['adjust', 'your amount goes back, the seat is freed'],
    ['refuse', 'nothing goes back, the seat is freed'],
  ]);
}
