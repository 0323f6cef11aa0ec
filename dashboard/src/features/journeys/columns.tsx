import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { ListedJourney } from '../../../../contracts/journeys/journeys-api.schema.ts';
import { SegmentedBar } from '../../ui/bar.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Count, Percent } from '../../ui/numbers.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { JourneyState } from './journey-state.tsx';
import classes from './journeys.module.css';
import { usePeopleParts } from './people-parts.tsx';
import { Sparkline } from './sparkline.tsx';

/** The columns of the list of journeys. */
export function useJourneyColumns(): readonly Column<ListedJourney>[] {
  const { t } = useLingui();
  return [
    {
      id: 'name',
      header: t`Name`,
      width: 'minmax(150px, 1.6fr)',
      cell: ({ slug, name }) => (
        <Link to="/journeys/$slug" params={{ slug }} className="medium">
          {name}
        </Link>
      ),
    },
    { id: 'status', header: t`Status`, width: '96px', cell: ({ status }) => <JourneyState status={status} /> },
    {
      id: 'versions',
      header: t`Versions`,
      width: '150px',
      cell: ({ liveVersion, versions }) => (
        <>
          {liveVersion === null ? '–' : `v${liveVersion}`}{' '}
          {versions
            .filter(({ version }) => version !== liveVersion)
            .map(({ version, live }) => (
              <span key={version} className="small text2">
                <Trans>
                  v{version}: <Count value={live} /> still in
                </Trans>{' '}
              </span>
            ))}
        </>
      ),
    },
    {
      id: 'flight',
      header: t`People in it`,
      width: 'minmax(120px, 1fr)',
      cell: (journey) => <InFlight journey={journey} />,
    },
    {
      id: 'person',
      header: t`Waiting for a person`,
      width: '76px',
      isWideOnly: true,
      cell: ({ people: { waitingForPerson } }) =>
        waitingForPerson > 0 ? (
          <span className={classes.person}>
            <Icon name="person" size={12} /> <Count value={waitingForPerson} />
          </span>
        ) : null,
    },
    {
      id: 'entered',
      header: t`Entered, 7 d`,
      width: '128px',
      align: 'end',
      isWideOnly: true,
      cell: ({ entered }) => (
        <>
          <Sparkline values={entered} /> <Count value={entered.reduce((sum, count) => sum + count, 0)} />
        </>
      ),
    },
    {
      id: 'goal',
      header: t`Goal rate`,
      width: '72px',
      align: 'end',
      isWideOnly: true,
      cell: ({ goalRate }) =>
        goalRate === null ? <span className="text3">–</span> : <Percent share={goalRate} digits={1} />,
    },
    {
      id: 'trouble',
      header: t`Stuck or failed`,
      width: '132px',
      cell: ({ people: { inTrouble }, failed }) => (
        <>
          {inTrouble > 0 && (
            <Chip tone="failed" icon="warn">
              <Trans>
                <Count value={inTrouble} /> stuck
              </Trans>
            </Chip>
          )}{' '}
          {failed > 0 && (
            <Chip tone="failed">
              <Trans>
                <Count value={failed} /> failed
              </Trans>
            </Chip>
          )}
        </>
      ),
    },
    {
      id: 'published',
      header: t`Published`,
      width: '84px',
      align: 'end',
      isWideOnly: true,
      cell: ({ publishedAt }) => (publishedAt ? <Time at={publishedAt} /> : <Trans>Never</Trans>),
    },
  ];
}

function InFlight({ journey: { people } }: { journey: ListedJourney }) {
  const parts = usePeopleParts(people);
  if (people.live === 0) return <span className="text3">–</span>;
  return (
    <span className={classes.mini}>
      <span className="num">
        <Count value={people.live} />
      </span>
      <SegmentedBar parts={parts} />
    </span>
  );
}
