import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RunDetail, Step } from '../../../../contracts/runs/runs-api.schema.ts';
import { moreOf } from '../../api/http/pages.ts';
import { runQuery, stepsQuery } from '../../api/runs.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { runName, RunSubjectWords } from '../../entities/run/run-kinds.tsx';
import { RunState } from '../../entities/run/run-state.tsx';
import { RunActions } from '../../features/run/run-actions.tsx';
import { RunAudit } from '../../features/run/run-audit.tsx';
import { RunSide } from '../../features/run/run-side.tsx';
import { RunTechnical } from '../../features/run/run-technical.tsx';
import classes from '../../features/run/run.module.css';
import { Timeline } from '../../features/run/timeline/timeline.tsx';
import { Page } from '../../frame/page.tsx';
import { LinkTabs } from '../../ui/links/link-tabs.tsx';
import { Loading } from '../../ui/states.tsx';
import { Age, Time } from '../../ui/time.tsx';

/** What happened, why, what next, what can I do. */
export function RunPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/frame/runs/$id' });
  const { tab = 'timeline' } = useSearch({ from: '/frame/runs/$id' });
  const { data: run, error, refetch } = useQuery(runQuery(id));
  const lines = useInfiniteQuery(stepsQuery(id));
  const mayAudit = useCan('audit:read');
  const crumbs = [
    <Link key="runs" to="/runs">
      <Trans>Runs</Trans>
    </Link>,
  ];
  if (!run)
    return (
      <Page name={t`Run`} crumbs={crumbs}>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  const loadAll = async (): Promise<Step | undefined> => {
    let page: Pick<typeof lines, 'data' | 'hasNextPage' | 'isFetchNextPageError'> = lines;
    while (page.hasNextPage && !page.isFetchNextPageError) page = await lines.fetchNextPage();
    return page.data?.pages.at(-1)?.items.at(-1);
  };
  const steps = lines.data?.pages.flatMap(({ items }) => items) ?? [];
  const tabOf = (key: string, label: string) => ({
    key,
    label,
    isOpen: tab === key,
    link: { to: '/runs/$id', params: { id }, search: { tab: key } } as const,
  });
  return (
    <Page
      name={runName(run)}
      title={
        <>
          {runName(run)}{' '}
          <span className={`text2 ${classes.about}`}>
            <RunSubjectWords run={run} />
          </span>
        </>
      }
      crumbs={crumbs}
      actions={<RunActions run={run} />}
    >
      <header className={classes.head}>
        <p className={classes.line}>
          <RunState run={run} />
          <Since run={run} />
        </p>
        <h2 className={classes.sentence}>
          <Sentence run={run} steps={steps} />
        </h2>
        {run.trouble && <Meaning kind={run.trouble.kind} />}
      </header>
      <LinkTabs
        label={t`Parts of the run`}
        tabs={[
          tabOf('timeline', t`Timeline`),
          ...(mayAudit ? [tabOf('audit', t`Audit`)] : []),
          tabOf('technical', t`Technical`),
        ]}
      />
      {tab === 'audit' && mayAudit ? (
        <RunAudit id={id} />
      ) : tab === 'technical' ? (
        <RunTechnical run={run} />
      ) : (
        <div className={classes.split}>
          {lines.isPending ? (
            <Loading />
          ) : lines.error && !lines.data ? (
            <Failed error={lines.error} onRetry={() => void lines.refetch()} />
          ) : (
            <div>
              <Timeline run={run} steps={steps} more={moreOf(lines)} loadAll={loadAll} />
              {lines.isFetchNextPageError && <Failed error={lines.error} onRetry={() => void lines.fetchNextPage()} />}
            </div>
          )}
          <RunSide run={run} />
        </div>
      )}
    </Page>
  );
}

function Since({ run: { endedAt, stepSince, startedAt } }: { run: RunDetail }) {
  if (endedAt)
    return (
      <span>
        <Trans>
          ended <Time at={endedAt} />, after <Age since={startedAt} until={endedAt} />
        </Trans>
      </span>
    );
  return (
    <span>
      <Trans>
        for <Age since={stepSince ?? startedAt} />
      </Trans>
    </span>
  );
}

/** What a trouble means for the work, and what there is to do. */
function Meaning({ kind }: { kind: NonNullable<RunDetail['trouble']>['kind'] }) {
  return (
    <p className="text2">
      {kind === 'retrying' ? (
        <Trans>It is tried again by itself. Nothing is lost, and nothing that went out goes out again.</Trans>
      ) : kind === 'unknownEffect' ? (
        <Trans>It is not done again, as twice would be worse than never. Look it up, and record how it ended.</Trans>
      ) : (
        <Link to="/incidents" className="link">
          <Trans>What to do about it</Trans>
        </Link>
      )}
    </p>
  );
}

/** Where a run stands, in one sentence for people. */
function Sentence({ run, steps }: { run: RunDetail; steps: readonly Step[] }): ReactNode {
  const { status, reason, trouble, stepTitle, waitingFor, nextDueAt, gateIds } = run;
  const title = stepTitle ?? steps.at(-1)?.title ?? '';
  const [gate] = gateIds;
  if (trouble) return trouble.message || <Trans>Outcome of “{title}” unknown</Trans>;
  if (run.endedAt) return status === 'completed' ? <Trans>Reached the end</Trans> : (reason ?? status);
  if (status === 'paused') return reason ? <Trans>Paused: {reason}</Trans> : <Trans>Paused at “{title}”</Trans>;
  if (gate)
    return (
      <>
        <Trans>A person has to decide: {title}</Trans>{' '}
        <Link to="/inbox" search={{ show: 'team', gate }} className={`link ${classes.decide}`}>
          <Trans>Decide</Trans>
        </Link>
      </>
    );
  if (nextDueAt && waitingFor === 'event')
    return (
      <Trans>
        “{title}”: waiting until <Time at={nextDueAt} />
      </Trans>
    );
  if (nextDueAt)
    return (
      <Trans>
        “{title}” goes on <Time at={nextDueAt} />
      </Trans>
    );
  if (status === 'waiting') return <Trans>Waiting at “{title}”</Trans>;
  return status === 'starting' ? <Trans>About to begin</Trans> : <Trans>Working on “{title}”</Trans>;
}
