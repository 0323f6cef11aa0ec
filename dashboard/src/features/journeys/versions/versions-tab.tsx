import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { JourneyDetail } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import { journeyStatsQuery, versionQuery, versionsQuery } from '../../../api/journeys.ts';
import { Failed } from '../../../entities/answer/failed.tsx';
import { Count } from '../../../ui/numbers.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Empty, Loading } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../journeys.module.css';
import { DiffView } from './diff-view.tsx';
import { MovePeople } from './move-people.tsx';
import { differenceOf } from './difference.ts';

/** Who published what when, who is still in which version, and how two of them differ. */
export function VersionsTab({ journey }: { journey: JourneyDetail }) {
  const { t } = useLingui();
  const { slug, liveVersion } = journey;
  const { version, against } = useSearch({ from: '/frame/journeys/$slug' });
  const list = useInfiniteQuery(versionsQuery(slug));
  const people = useQuery(journeyStatsQuery(slug, undefined)).data?.versions ?? [];
  const versions = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const newer = Number(version ?? liveVersion ?? 0);
  const older = Number(against ?? newer - 1);
  if (list.isPending) return <Loading />;
  if (list.error && !list.data) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (versions.length === 0)
    return (
      <Empty title={<Trans>Not published yet</Trans>}>
        <Trans>A version is made when the draft is published; it never changes after that.</Trans>
      </Empty>
    );
  return (
    <div className={`${classes.part} ${classes.two}`}>
      <Panel title={<Trans>Versions</Trans>} end={newer > 0 && <MovePeople key={newer} slug={slug} version={newer} />}>
        <ul className={`${classes.people} ${classes.versions}`} aria-label={t`Versions`}>
          {versions.map((each) => (
            <li key={each.id}>
              <Link
                to="/journeys/$slug"
                params={{ slug }}
                search={{ tab: 'versions', version: String(each.version) }}
                aria-current={each.version === newer ? 'true' : undefined}
              >
                <span className="medium">
                  v{each.version} {each.version === liveVersion && <Trans>(people enter this one)</Trans>}
                </span>
                <span className="num">
                  <Trans>
                    <Count value={people.find(({ version: number }) => number === each.version)?.live ?? 0} /> in it
                  </Trans>
                </span>
                <span className="small text2">
                  {each.publishedBy}, <Time at={each.publishedAt} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
        {list.hasNextPage && (
          <Button m="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            <Trans>Older versions</Trans>
          </Button>
        )}
      </Panel>
      {older >= 1 ? (
        <Compared slug={slug} newer={newer} older={older} />
      ) : (
        <Empty title={<Trans>The first version</Trans>}>
          <Trans>There is nothing before it to compare it with.</Trans>
        </Empty>
      )}
    </div>
  );
}

function Compared({ slug, newer, older }: { slug: string; newer: number; older: number }) {
  const after = useQuery(versionQuery(slug, newer));
  const before = useQuery(versionQuery(slug, older));
  const error = after.error ?? before.error;
  if (error) return <Failed error={error} />;
  if (!after.data || !before.data) return <Loading />;
  return (
    <Panel
      title={
        <Trans>
          From v{older} to v{newer}
        </Trans>
      }
    >
      <DiffView difference={differenceOf(before.data.definition, after.data.definition)} />
    </Panel>
  );
}
