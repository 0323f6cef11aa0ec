import { Trans, useLingui } from '@lingui/react/macro';
import type { IncidentDetail } from '../../../../contracts/operations/incidents-api.schema.ts';
import { Act } from '../../entities/audit/audit-words.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './incidents.module.css';

/** What was done about an incident, the newest first, down to its beginning. */
export function IncidentActs({ incident: { acts, openedAt, resolvedAt } }: { incident: IncidentDetail }) {
  const { t } = useLingui();
  const hasEndedItself = resolvedAt !== null && acts.every(({ act }) => act !== 'incident.resolved');
  return (
    <ol className={classes.log} aria-label={t`What happened`}>
      {hasEndedItself && (
        <li>
          <Trans>It ended by itself</Trans> <Time at={resolvedAt} />
        </li>
      )}
      {acts.map(({ id, at, act, by, to, words }) => (
        <li key={id}>
          <Act of={act} /> {to !== null && <span className="text2">→ {to}</span>}{' '}
          <span className="text3">
            {by ?? t`Throughline`}, <Time at={at} />
          </span>
          {words !== null && <p className="text2 wrap">“{words}”</p>}
        </li>
      ))}
      <li>
        <Trans>Throughline opened it</Trans>{' '}
        <span className="text3">
          <Time at={openedAt} />
        </span>
      </li>
    </ol>
  );
}
