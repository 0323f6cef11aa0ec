import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { RunSubjectLink, standsInErasure } from '../../entities/run/run-kinds.tsx';
import { Icon } from '../../ui/icons.tsx';
import classes from './people.module.css';

/** What an erasure would do to a person's runs, what is to be ended before it, and what it does not reach. */
export function ErasureEffects({ runs, refusedBy }: { runs: readonly Run[]; refusedBy: readonly string[] }) {
  const { t } = useLingui();
  // One whose run was terminated is under way no more, and stands in the way all the same.
  const others = refusedBy.filter((id) => runs.every((run) => run.id !== id));
  return (
    <ul className={classes.effects} aria-label={t`What the erasure does`}>
      {runs.map((run) => (
        <li key={run.id}>
          <Icon
            name={standsInErasure[run.kind] ? 'warn' : 'exit'}
            size={14}
            color={standsInErasure[run.kind] ? 'var(--red)' : 'var(--text-2)'}
          />
          <span>
            <RunSubjectLink run={run} />{' '}
            {standsInErasure[run.kind] ? (
              <Trans>stands in the way, for its seat and its money: withdraw them first.</Trans>
            ) : (
              <Trans>ends at once.</Trans>
            )}
          </span>
        </li>
      ))}
      {others.map((id) => (
        <li key={id}>
          <Icon name="warn" size={14} color="var(--red)" />
          <Link to="/runs/$id" params={{ id }} className="link">
            <Trans>A run that was terminated and still has its seat: take it up, and withdraw them</Trans>
          </Link>
        </li>
      ))}
      <li>
        <Icon name="doc" size={14} color="var(--text-2)" />
        <Trans>Mails that were sent and files that were downloaded are not reached.</Trans>
      </li>
    </ul>
  );
}
