import { useLingui } from '@lingui/react/macro';
import type { Batch, BatchProgress } from '../../../../contracts/documents/batches-api.schema.ts';
import { BarLegend, type Part, SegmentedBar } from '../../ui/bar.tsx';

/** How the documents of a batch divide, as a bar and in words. `isShort` leaves what has not begun out of the words. */
export function DocumentBar({
  batch: { progress, rows },
  isShort = false,
}: {
  batch: Pick<Batch, 'progress' | 'rows'>;
  isShort?: boolean;
}) {
  const parts = useDocumentParts(progress, rows);
  if (rows === 0) return null;
  return (
    <>
      <SegmentedBar parts={parts} />
      <BarLegend parts={isShort ? parts.filter(({ key }) => key !== 'rest') : parts} />
    </>
  );
}

/** Each document is in one part. */
function useDocumentParts(progress: BatchProgress, rows: number): readonly Part[] {
  const { t } = useLingui();
  const { generated, rendered, withheld, undecided, failed, skipped } = progress;
  // Once rendering has begun, the gate has settled what had no decision.
  const toReview = rendered + withheld > 0 ? 0 : undecided;
  const written = Math.max(0, generated - rendered - withheld - toReview - progress.renderFailed);
  const rest = Math.max(0, rows - generated - skipped - progress.generateFailed);
  return [
    { key: 'rendered', tone: 'done', count: rendered, label: t`rendered` },
    { key: 'written', tone: 'waiting', count: written, label: t`written` },
    { key: 'review', tone: 'person', count: toReview, label: t`to review` },
    { key: 'failed', tone: 'failed', count: failed, label: t`failed` },
    { key: 'withheld', tone: 'off', count: withheld + skipped, label: t`skipped` },
    { key: 'rest', tone: 'rest', count: rest, label: t`not begun` },
  ];
}
