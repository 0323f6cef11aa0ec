import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { Undecided } from '../../contracts/documents/documents.ts';

/**
 * Whether a written document is delivered. What a person decided about it holds, flagged or not; one without a decision follows the
 * decision about the whole review if it was reviewed, and is delivered if it was not. One whose text was being changed when the review ended is
 * not: a reviewer did not want the text that it has.
 */
export function isDelivered(
  { decision, isFlagged, isBeingChanged }: { decision: string | null; isFlagged: boolean; isBeingChanged: boolean },
  { review, undecided }: { review: BatchOptions['review']; undecided: Undecided },
): boolean {
  if (isBeingChanged) return false;
  if (decision !== null) return decision === 'approve';
  const isReviewed = review === 'all' || (review === 'flagged' && isFlagged);
  return !isReviewed || undecided === 'deliver';
}
