import { useLingui } from '@lingui/react/macro';
import type { BatchStage } from '../../../../contracts/documents/documents.ts';

/** What each stage of a batch is called: as a step of it, and as the state of a batch that stands there. */
export function useBatchStages(): Record<BatchStage, { name: string; state: string }> {
  const { t } = useLingui();
  return {
    import: { name: t`Read the rows`, state: t`Reading the rows` },
    estimate: { name: t`Estimate`, state: t`Estimating` },
    'approve-estimate': { name: t`Approve it`, state: t`Estimate to approve` },
    generate: { name: t`Generate, check`, state: t`Generating` },
    review: { name: t`Review`, state: t`In review` },
    render: { name: t`Render`, state: t`Rendering` },
    deliver: { name: t`Pack`, state: t`Packing` },
  };
}
