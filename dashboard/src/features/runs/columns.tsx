import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { labelOf } from '../../../../domain/approvals/content-words.ts';
import { dueOf } from '../../entities/run/due-of.ts';
import { runName, RunSubjectWords, useRunKinds } from '../../entities/run/run-kinds.tsx';
import { RunState } from '../../entities/run/run-state.tsx';
import { TroubleWords } from '../../entities/run/trouble-words.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Cost, Count } from '../../ui/numbers.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Age, Time, TimeLeft } from '../../ui/time.tsx';
import classes from './runs.module.css';

/** The columns of the list of runs. Where all of them failed the reason has the room: where they are and how they stand is the same for each. */
export function useRunColumns(haveFailed: boolean): readonly Column<Run>[] {
  const columns = useColumns();
  return haveFailed
    ? columns
        .filter(({ id }) => id !== 'where' && id !== 'state')
        .map((column) => (column.id === 'until' ? { ...column, width: 'minmax(240px, 4fr)' } : column))
    : columns;
}

function useColumns(): readonly Column<Run>[] {
  const { t } = useLingui();
  const kinds = useRunKinds();
  return [
    {
      id: 'run',
      header: t`Run`,
      width: 'minmax(160px, 1.6fr)',
      cell: (run) => (
        <Link to="/runs/$id" params={{ id: run.id }}>
          <span className="medium">{runName(run)}</span>{' '}
          <span className="small text2">
            <RunSubjectWords run={run} />
          </span>
        </Link>
      ),
    },
    {
      id: 'kind',
      header: t`Kind`,
      width: 'minmax(26px, 100px)',
      cell: ({ kind }) => (
        <span className={classes.kind}>
          <Icon name={kinds[kind].icon} size={14} />
          <span className={classes.kindName}>{kinds[kind].name}</span>
        </span>
      ),
    },
    { id: 'state', header: t`State`, width: 'minmax(148px, 168px)', cell: (run) => <RunState run={run} /> },
    {
      id: 'where',
      header: t`Where it is now, since`,
      width: 'minmax(110px, 1fr)',
      cell: ({ stepTitle, stepSince, endedAt, outcome }) =>
        endedAt ? (
          <span className="text2">{outcome && labelOf(outcome)}</span>
        ) : (
          <>
            {stepTitle} <span className="small text2">{stepSince && <Age since={stepSince} />}</span>
          </>
        ),
    },
    {
      id: 'until',
      header: t`Until, or why not`,
      width: 'minmax(130px, 1.6fr)',
      cell: (run) => <Until run={run} />,
    },
    {
      id: 'started',
      header: t`Started`,
      width: '64px',
      isWideOnly: true,
      cell: ({ startedAt }) => <Time at={startedAt} />,
    },
    {
      id: 'took',
      header: t`Duration`,
      width: '72px',
      align: 'end',
      isWideOnly: true,
      cell: ({ startedAt, endedAt }) => <Age since={startedAt} until={endedAt} />,
    },
    {
      id: 'attempts',
      header: t`Attempts`,
      width: '56px',
      align: 'end',
      isWideOnly: true,
      cell: ({ attempts }) =>
        attempts === 0 ? (
          <span className="text3">–</span>
        ) : (
          <span className={attempts > 2 ? classes.many : ''}>
            <Count value={attempts} />
          </span>
        ),
    },
    {
      id: 'cost',
      header: t`Cost`,
      width: 'minmax(64px, 76px)',
      align: 'end',
      isWideOnly: true,
      cell: ({ costMicros }) => (costMicros === 0 ? <span className="text3">–</span> : <Cost micros={costMicros} />),
    },
  ];
}

function Until({ run }: { run: Run }) {
  const { trouble, nextDueAt, endedAt, reason, status, stepSince } = run;
  if (trouble) return <TroubleWords trouble={trouble} />;
  if (endedAt || status === 'paused')
    return (
      <span className={status === 'failed' ? classes.trouble : 'text2'} title={reason ?? undefined}>
        {reason}
      </span>
    );
  if (!nextDueAt) return <span className="text3">–</span>;
  return (
    <>
      <Time at={nextDueAt} />{' '}
      <span className="small text2">
        <TimeLeft until={nextDueAt} due={dueOf(run)} since={stepSince} />
      </span>
    </>
  );
}
