import { Trans, useLingui } from '@lingui/react/macro';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { batchStages } from '../../../../../contracts/documents/documents.ts';
import { useBatchStages } from '../../../entities/batch/batch-stages.ts';
import { Icon, type IconName } from '../../../ui/icons.tsx';
import { Age } from '../../../ui/time.tsx';
import classes from '../batches.module.css';

type Status = BatchDetail['stages'][number]['status'];
const looks: Record<Status, { icon: IconName; colour: string }> = {
  done: { icon: 'check', colour: 'var(--green)' },
  running: { icon: 'play', colour: 'var(--blue)' },
  waiting: { icon: 'person', colour: 'var(--amber)' },
  failed: { icon: 'cross', colour: 'var(--red)' },
  skipped: { icon: 'minus', colour: 'var(--grey)' },
};

/** The stages of a batch: what is done, what is under way, what is to come. */
export function StageStrip({ batch }: { batch: BatchDetail }) {
  const { t } = useLingui();
  const names = useBatchStages();
  return (
    <ol className={classes.stages} aria-label={t`Stages`}>
      {batchStages.map((stage) => {
        const line = batch.stages.find((each) => each.stage === stage);
        const look = line ? looks[line.status] : null;
        return (
          <li key={stage}>
            <span className={classes.stage}>
              {look && <Icon name={look.icon} size={13} color={look.colour} />}
              <span className={line ? '' : 'text3'}>{names[stage].name}</span>
            </span>
            <span className="text2 num">
              {line ? <Age since={line.startedAt} until={line.endedAt} /> : <Trans>to come</Trans>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
