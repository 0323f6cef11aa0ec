import { Trans } from '@lingui/react/macro';
import type { ModelTrial } from '../../../../../contracts/models/models-api.schema.ts';
import { isUnderWay } from '../../../api/admin/models.ts';
import { Chip } from '../../../ui/chip.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from './models.module.css';

/** How the last trial of a model ended, as a chip. */
export function TrialState({ trial }: { trial: ModelTrial | null }) {
  if (trial === null) return null;
  if (isUnderWay(trial))
    return (
      <Chip tone="running">
        <Trans>Is tried</Trans>
      </Chip>
    );
  if (trial.endedAt === null)
    return (
      <Chip tone="off">
        <Trans>No worker tried it</Trans>
      </Chip>
    );
  return trial.isUsable ? (
    <Chip tone="done">
      <Trans>It works</Trans>
    </Chip>
  ) : (
    <Chip tone="failed">
      <Trans>It does not work</Trans>
    </Chip>
  );
}

/** How the last trial ended, and each thing that it tried. */
export function Trial({ trial }: { trial: ModelTrial | null }) {
  return (
    <div role="status">
      {trial && (
        <>
          <TrialState trial={trial} /> {trial.endedAt !== null && <Time at={trial.endedAt} />}
          {trial.lines.length > 0 && (
            <ul className={classes.lines}>
              {trial.lines.map((line, at) => (
                // Lines may be alike, and never change their places.
                <li key={`${at} ${line}`}>{line}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}
