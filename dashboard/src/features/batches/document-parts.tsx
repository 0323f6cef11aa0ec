import { useLingui } from '@lingui/react/macro';
import type { BatchProgress } from '../../../../contracts/api/batches.schema.ts';
import type { Part } from '../../ui/bar.tsx';

/** How the documents of a batch divide; each is in one part. */
export function useDocumentParts(progress: BatchProgress, rows: number): readonly Part[] {
  const { t } = useLingui();
  const { generated, rendered, withheld, undecided, failed, skipped } = progress;
  const written = Math.max(0, generated - rendered - withheld - undecided - progress.renderFailed);
  const rest = Math.max(0, rows - generated - skipped - progress.generateFailed);
  return [
    { key: 'rendered', tone: 'done', count: rendered, label: t`rendered` },
    { key: 'written', tone: 'waiting', count: written, label: t`written` },
    { key: 'review', tone: 'person', count: undecided, label: t`to review` },
    { key: 'failed', tone: 'failed', count: failed, label: t`failed` },
    { key: 'withheld', tone: 'off', count: withheld + skipped, label: t`left out`, icon: 'minus' },
    { key: 'rest', tone: 'rest', count: rest, label: t`not begun` },
  ];
}
