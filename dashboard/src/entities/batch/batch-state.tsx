import { useLingui } from '@lingui/react/macro';
import type { Batch } from '../../../../contracts/documents/batches-api.schema.ts';
import { stages } from '../../../../domain/documents/stages/stages.ts';
import { Chip, type Tone } from '../../ui/chip.tsx';
import { useBatchStages } from './batch-stages.ts';

/** How a batch stands, in words: that it is stuck, else its stage while it is under way, its end after it. */
export function BatchState({ batch }: { batch: Pick<Batch, 'status' | 'stage' | 'paused' | 'outcome' | 'trouble'> }) {
  const { t } = useLingui();
  const names = useBatchStages();
  const { status, stage, paused, outcome } = batch;
  const isPartial = outcome === 'completedWithErrors';
  const ends: Record<string, string> = {
    completed: isPartial ? t`Done, some left out` : t`Done`,
    exited: t`Stopped`,
    failed: t`Failed`,
    cancelled: t`Cancelled`,
    terminated: t`Terminated`,
  };
  const held = paused === 'budget' ? t`Paused: budget spent` : t`Paused`;
  const label = ends[status] ?? (paused !== null || status === 'paused' ? held : names[stage].state);
  const tone = batchTone(batch);
  const isOver = status in ends;
  if (isStuck(batch))
    return (
      <Chip tone="failed" icon="warn">
        {t`Stuck`}
      </Chip>
    );
  return (
    <Chip tone={tone} {...(isPartial ? { icon: 'warn' } : tone === 'off' ? { icon: isOver ? 'stop' : 'pause' } : {})}>
      {label}
    </Chip>
  );
}

/** Whether a batch that should be at work needs a person. */
export function isStuck({ status, paused, trouble }: Pick<Batch, 'status' | 'paused' | 'trouble'>): boolean {
  return trouble !== null && paused === null && ['starting', 'running', 'waiting'].includes(status);
}

/** The colour of a batch: at work, waiting for a person, held, over. */
function batchTone({ status, stage, paused }: Pick<Batch, 'status' | 'stage' | 'paused'>): Tone {
  if (status === 'completed') return 'done';
  if (status === 'failed') return 'failed';
  if (['exited', 'cancelled', 'terminated'].includes(status) || paused !== null || status === 'paused') return 'off';
  return stages[stage].gate ? 'person' : 'running';
}
