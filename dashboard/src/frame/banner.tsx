import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiUnreachable } from '../api/http/problem.ts';
import { useCan } from '../api/session.ts';
import { systemQuery } from '../api/system.ts';
import { useConnection } from '../live/connection.ts';
import { Icon } from '../ui/icons.tsx';
import { durationWords } from '../ui/time.tsx';
import classes from './banner.module.css';

/** The banner shows a delay longer than this. */
const lateMs = 5_000;

/** What does not work or is simulated, in one thin line; nothing while all is well. */
export function Banner() {
  const { i18n } = useLingui();
  const { mode, lagMs } = useConnection();
  const { data: system, error } = useQuery(systemQuery);
  const mayReadIncidents = useCan('runs:read');
  const lag = durationWords(i18n, lagMs);
  const idle = (system?.queues ?? []).filter(({ workers }) => workers === 0).map(({ queue }) => queue);
  const queues = new Intl.ListFormat(i18n.locale, { type: 'unit' }).format(idle);
  const bad: { key: string; words: ReactNode }[] = [];
  if (error instanceof ApiUnreachable)
    bad.push({
      key: 'api',
      words: <Trans>The API cannot be reached. What you see may be out of date; retrying every few seconds.</Trans>,
    });
  else if (mode === 'polling')
    bad.push({
      key: 'polling',
      words: <Trans>Live updates are blocked; the page refreshes every 5 seconds.</Trans>,
    });
  if (lagMs > lateMs) bad.push({ key: 'lag', words: <Trans>Changes are {lag} behind.</Trans> });
  if (idle.length > 0)
    bad.push({ key: 'queues', words: <Trans>No worker takes work from: {queues}. It waits and is not lost.</Trans> });
  if (system?.unavailable.includes('temporal'))
    bad.push({
      key: 'temporal',
      words: <Trans>Temporal cannot be reached. Runs wait and are not lost; they go on by themselves.</Trans>,
    });
  if (system?.unavailable.includes('databaseDisk'))
    bad.push({
      key: 'disk',
      words: <Trans>The disk of Postgres is full. Nothing is lost; work goes on once there is room.</Trans>,
    });
  if (system?.areWorkersDying)
    bad.push({
      key: 'dying',
      words: (
        <>
          <Trans>Worker processes keep dying. Work is slow and not lost.</Trans>{' '}
          {mayReadIncidents && (
            <Link to="/incidents" className="link">
              <Trans>What is known</Trans>
            </Link>
          )}
        </>
      ),
    });
  const isStub = system?.standIns.includes('llm') ?? false;
  const mails = system?.mailUrl ?? null;
  const isUnreal = isStub || mails !== null;
  if (bad.length === 0 && !isUnreal) return null;
  return (
    <div className={classes.banner} role="status">
      {bad.map(({ key, words }) => (
        <span key={key} className={`${classes.notice} ${classes.bad}`}>
          <Icon name="warn" size={14} />
          {words}
        </span>
      ))}
      {isUnreal && (
        <span className={`${classes.notice} ${bad.length > 0 ? classes.quiet : ''}`}>
          {bad.length === 0 && <Icon name="warn" size={14} />}
          {isStub && <Trans>Stub LLM: texts are made up.</Trans>}
          {mails !== null && (
            <a className="link" href={`${mails}/mail`} target="_blank" rel="noreferrer">
              <Trans>Mails are caught, not sent</Trans>
            </a>
          )}
        </span>
      )}
    </div>
  );
}
