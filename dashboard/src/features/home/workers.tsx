import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { systemQuery } from '../../api/system.ts';
import { Icon } from '../../ui/icons.tsx';
import { Age } from '../../ui/time.tsx';
import classes from './home.module.css';

/** Which queues are served, and which are not. */
export function Workers() {
  const { data } = useQuery(systemQuery);
  if (!data) return null;
  return (
    <footer className={`${classes.workers} num`}>
      <span className="medium">
        <Trans>Workers</Trans>
      </span>
      {data.queues.map(({ queue, workers, lastSeenAt }) => (
        <span key={queue} className={workers === 0 ? 'medium red' : ''}>
          <Icon
            name={workers === 0 ? 'cross' : 'check'}
            size={12}
            color={workers === 0 ? 'var(--red)' : 'var(--green)'}
          />{' '}
          {queue}{' '}
          {workers > 0 ? (
            <span className="text3">{workers}</span>
          ) : lastSeenAt ? (
            <Trans>
              none for <Age since={lastSeenAt} />
            </Trans>
          ) : (
            <Trans>none</Trans>
          )}
        </span>
      ))}
    </footer>
  );
}
