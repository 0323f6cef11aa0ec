import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, useMemo, useState } from 'react';
import type { JourneyDefinition } from '../../../../../contracts/journeys/journey.schema.ts';
import type { JourneyStats } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import { drawJourney } from '../../../../../domain/journeys/drawing.ts';
import { graphOf } from '../../../../../domain/journeys/graph.ts';
import { fetchCode } from '../../../api/http/code.ts';
import { journeyStatsQuery } from '../../../api/journeys.ts';
import { Late } from '../../../ui/late.tsx';
import { Count } from '../../../ui/numbers.tsx';
import { Loading } from '../../../ui/states.tsx';
import { useIsPhone } from '../../../ui/use-phone.ts';
import classes from '../journeys.module.css';
import { NodePanel } from './node-panel.tsx';
import { Outline } from './outline.tsx';

const Canvas = lazy(async () => ({ default: (await fetchCode(() => import('./canvas.tsx'))).Canvas }));

/** Where people are now: the graph or the outline, and the step that is open. */
export function LiveTab({
  slug,
  version,
  definition,
}: {
  slug: string;
  version: number | undefined;
  definition: JourneyDefinition;
}) {
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/journeys/$slug' });
  const isPhone = useIsPhone();
  const [isOutline, setOutline] = useState(false);
  const stats = useQuery(journeyStatsQuery(slug, version)).data;
  const drawing = useMemo(() => drawJourney(definition), [definition]);
  const graph = useMemo(() => graphOf(definition), [definition]);
  const open = (step: string | undefined): void => {
    const { step: _, ...others } = search;
    void navigate({
      to: '/journeys/$slug',
      params: { slug },
      search: { ...others, ...(step ? { step } : {}) },
      replace: true,
    });
  };
  const node = drawing.nodes.find(({ id }) => id === search.step);
  const shared = { drawing, stats, openStep: search.step, onOpen: open };
  const hasOutline = isPhone || isOutline;
  return (
    <>
      <div className={`${classes.bar} num`}>
        {stats && <LiveNumbers slug={slug} stats={stats} />}
        {!isPhone && (
          <Button size="compact-sm" className={classes.end} onClick={() => setOutline(!isOutline)}>
            {isOutline ? <Trans>Graph</Trans> : <Trans>Outline</Trans>}
          </Button>
        )}
      </div>
      <div className={`${classes.split} ${node ? classes.withPanel : ''}`}>
        {hasOutline ? (
          <div className={classes.scroll}>
            <Outline {...shared} />
          </div>
        ) : (
          <Late instead={<Loading />}>
            <Canvas {...shared} />
          </Late>
        )}
        {node && (
          <NodePanel
            key={node.id}
            slug={slug}
            version={version}
            node={node}
            definition={graph.places.get(node.id)?.node ?? definition.entry}
            stats={stats?.steps.find(({ step }) => step === node.id)}
            onClose={() => open(undefined)}
          />
        )}
      </div>
    </>
  );
}

/** How the journey goes, in one line. */
function LiveNumbers({ slug, stats }: { slug: string; stats: JourneyStats }) {
  const failing = stats.steps.filter(({ failed }) => failed > 0).length;
  return (
    <>
      <Link to="/runs" search={{ journey: slug, state: 'live' }}>
        <Trans>
          <b className={classes.live}>
            <Count value={stats.runs.live} />
          </b>{' '}
          in it now
        </Trans>
      </Link>
      <Link
        to="/runs"
        search={{ journey: slug, waitingFor: 'person' }}
        className={stats.runs.waitingForPerson > 0 ? classes.person : ''}
      >
        <Trans>
          <Count value={stats.runs.waitingForPerson} /> wait for a person
        </Trans>
      </Link>
      <Link
        to="/runs"
        search={{ journey: slug, state: 'trouble' }}
        className={stats.runs.inTrouble > 0 ? classes.bad : ''}
      >
        <Trans>
          <Count value={stats.runs.inTrouble} /> stuck
        </Trans>
      </Link>
      {stats.runs.failed > 0 && (
        <Link to="/runs" search={{ journey: slug, status: 'failed' }} className={`link ${classes.bad}`}>
          <Plural value={stats.runs.failed} one="# run failed" other="# runs failed" />
          {failing > 0 && (
            <>
              , <Plural value={failing} one="at # step" other="at # steps" />
            </>
          )}
        </Link>
      )}
      <span>
        <Trans>
          <Count value={stats.runs.total} /> ever
        </Trans>
      </span>
    </>
  );
}
