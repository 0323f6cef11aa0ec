import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Incident } from '../../../../contracts/operations/incidents-api.schema.ts';
import type { IncidentShow } from '../../api/incidents.ts';
import { Icon } from '../../ui/icons.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Age, Time } from '../../ui/time.tsx';
import classes from './incidents.module.css';

/** An incident in the list: what is wrong, since when, how many it hurts, who is on it. */
export function IncidentItem(props: { incident: Incident; show: IncidentShow; isOpen: boolean }) {
  const { t } = useLingui();
  const { incident, show, isOpen } = props;
  const { id, message, state, size, owner, ignored, openedAt, resolvedAt } = incident;
  return (
    <Link
      to="/incidents"
      search={{ ...(show === 'open' ? {} : { state: show }), incident: id }}
      resetScroll={false}
      className={`${classes.item} fresh`}
      aria-current={isOpen}
    >
      <Icon name="warn" size={15} color={state === 'open' ? 'var(--red)' : 'var(--text-3)'} />
      <span className={`medium ${classes.message}`}>{message}</span>
      <span className={`num ${classes.size}`} title={t`How many it concerns`}>
        {size > 1 && <Count value={size} />}
      </span>
      <span className={`small text3 ${classes.line}`}>
        <span>
          {state === 'resolved' && resolvedAt !== null ? (
            <Trans>
              resolved <Time at={resolvedAt} />
            </Trans>
          ) : ignored === null ? (
            <Trans>
              for <Age since={openedAt} />
            </Trans>
          ) : (
            <Trans>
              until <Time at={ignored.until} /> or more than {ignored.above}
            </Trans>
          )}
        </span>
        {state !== 'resolved' && <span className="cut">{owner === null ? t`nobody` : owner.name}</span>}
      </span>
    </Link>
  );
}
