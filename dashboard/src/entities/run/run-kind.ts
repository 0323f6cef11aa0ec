import { useLingui } from '@lingui/react/macro';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import type { IconName } from '../../ui/icons.tsx';

/** What each kind of run is called, and its icon. */
export function useRunKinds(): Record<Run['kind'], { name: string; icon: IconName }> {
  const { t } = useLingui();
  return {
    journey: { name: t`Journey`, icon: 'journey' },
    enrollment: { name: t`Enrollment`, icon: 'course' },
    batch: { name: t`Batch`, icon: 'batch' },
    code: { name: t`Code`, icon: 'runs' },
  };
}
