import { useLingui } from '@lingui/react/macro';
import type { Document } from '../../../../../contracts/documents/batches-api.schema.ts';
import { Chip, type Tone } from '../../../ui/chip.tsx';

/** Where a document stands. */
export function DocumentState({ document }: { document: Document }) {
  const { t } = useLingui();
  const { tone, label } = ((): { tone: Tone; label: string } => {
    const { generated, rendered, isFlagged, decision } = document;
    if (generated === 'failed' || rendered === 'failed') return { tone: 'failed', label: t`Failed` };
    if (rendered === 'done') return { tone: 'done', label: t`Rendered` };
    if (rendered === 'withheld' || generated === 'skipped') return { tone: 'off', label: t`Skipped` };
    if (decision === 'approve') return { tone: 'done', label: t`Approved` };
    if (decision === 'reject') return { tone: 'off', label: t`Taken out` };
    if (isFlagged) return { tone: 'person', label: t`To review` };
    if (generated === 'done') return { tone: 'waiting', label: t`Written` };
    return generated === 'working'
      ? { tone: 'running', label: t`Being written` }
      : { tone: 'off', label: t`Not begun` };
  })();
  return <Chip tone={tone}>{label}</Chip>;
}
