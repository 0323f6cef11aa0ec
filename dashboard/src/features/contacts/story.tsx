import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { ContactMoment, TimelineQuery } from '../../../../contracts/contacts/contacts-api.schema.ts';
import { labelOf } from '../../../../domain/approvals/content-words.ts';
import { momentsQuery } from '../../api/contacts.ts';
import { moreOf } from '../../api/http/pages.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { VirtualList } from '../../ui/virtual/virtual-list.tsx';
import { ConsentMoment } from './consent-moment.tsx';
import { MailMoment } from './mail-moment.tsx';
import classes from './people.module.css';

const icons: Record<ContactMoment['kind'], IconName> = {
  event: 'event',
  consent: 'mail',
  joined: 'person',
  runStarted: 'play',
  runEnded: 'flag',
  step: 'check',
  decision: 'person',
  mail: 'mail',
  mailReport: 'mail',
};

/** A moment without the heading of its day is about as high, in px. */
const momentHeight = 37;

/** A step that goes on, waits, failed or was left out is not one that was done. */
function iconOf({ kind, status }: ContactMoment): IconName {
  if (kind !== 'step') return icons[kind];
  const steps: Record<string, IconName> = { waiting: 'clock', running: 'play', failed: 'cross', skipped: 'minus' };
  return steps[status ?? ''] ?? icons.step;
}

/** Why did this happen to this person: everything over all jobs, or the part that `show` says, the newest day first. */
export function Story({
  externalId,
  show,
  empty,
}: {
  externalId: string;
  show?: TimelineQuery['show'];
  empty?: ReactNode;
}) {
  const { t, i18n } = useLingui();
  const list = useInfiniteQuery(momentsQuery(externalId, show));
  const moments = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  if (list.isPending) return <Loading />;
  if (list.error && !list.data) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const dayOf = (moment: ContactMoment | undefined): string | undefined =>
    moment && i18n.date(new Date(moment.at), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  if (moments.length === 0)
    return empty !== undefined ? (
      <Empty title={empty} />
    ) : (
      <Empty title={<Trans>Nothing has happened yet</Trans>}>
        <Trans>Events, journeys, enrollments and decisions about this person will be listed here.</Trans>
      </Empty>
    );
  return (
    // Without a run there is no link in it: it takes the focus, so that it can be scrolled by keyboard.
    <section aria-label={t`What happened`} tabIndex={0}>
      <VirtualList items={moments} keyOf={({ id }) => id} height={momentHeight} more={moreOf(list)}>
        {(moment, index) => {
          const day = dayOf(moment);
          return (
            <>
              {day !== dayOf(moments[index - 1]) && <h2 className={classes.day}>{day}</h2>}
              <div className={classes.moment}>
                <time dateTime={moment.at} className="small text2 num">
                  {i18n.date(new Date(moment.at), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
                </time>
                <Icon name={iconOf(moment)} size={14} color="var(--text-2)" />
                <Words externalId={externalId} moment={moment} />
                <span className="small text2 cut">
                  {moment.runId && (
                    <Link to="/runs/$id" params={{ id: moment.runId }} className="link">
                      {moment.runTitle}
                    </Link>
                  )}
                </span>
              </div>
            </>
          );
        }}
      </VirtualList>
      {list.isFetchNextPageError && <Failed error={list.error} onRetry={() => void list.fetchNextPage()} />}
    </section>
  );
}

function Words({ externalId, moment }: { externalId: string; moment: ContactMoment }): ReactNode {
  const { kind, title, status, detail } = moment;
  const outcome = typeof detail['outcome'] === 'string' ? labelOf(detail['outcome']) : null;
  const reason = typeof detail['reason'] === 'string' ? detail['reason'] : null;
  switch (kind) {
    case 'event':
      return (
        <span>
          <Trans>
            Did <code className="mono">{title}</code>
          </Trans>
        </span>
      );
    case 'consent':
      return <ConsentMoment moment={moment} />;
    case 'joined':
      return (
        <span>
          <Trans>
            Joined with <code className="mono">{title}</code>, which leads here now
          </Trans>
        </span>
      );
    case 'runStarted':
      return (
        <span className="medium">
          <Trans>Began: {title}</Trans>
        </span>
      );
    case 'runEnded':
      return (
        <span className="medium">
          <Trans>Ended: {title}</Trans>
          <span className={`small text2 ${classes.outcome}`}>{reason ?? outcome}</span>
        </span>
      );
    case 'decision':
      return (
        <span>
          <Trans>Decided: {title}</Trans>
          <span className={`small text2 ${classes.outcome}`}>{outcome}</span>
        </span>
      );
    case 'mail':
    case 'mailReport':
      return <MailMoment externalId={externalId} moment={moment} />;
    case 'step':
      return (
        <span>
          {title}{' '}
          <span className="small text2">
            {status === 'waiting' ? (
              <Trans>waits</Trans>
            ) : status === 'failed' ? (
              <Trans>failed</Trans>
            ) : status === 'skipped' ? (
              <Trans>skipped</Trans>
            ) : (
              (outcome ?? '')
            )}
          </span>
        </span>
      );
  }
}
