import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JourneyStats } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import type { DrawnNode } from '../../../../../domain/journeys/drawing.ts';
import { runsQuery } from '../../../api/runs.ts';
import { dueOf } from '../../../entities/run/due-of.ts';
import { runName } from '../../../entities/run/run-kinds.tsx';
import { RunState } from '../../../entities/run/run-state.tsx';
import { lookOf } from '../../../entities/run/step-looks.ts';
import { Icon } from '../../../ui/icons.tsx';
import { Count } from '../../../ui/numbers.tsx';
import { Json, Technical } from '../../../ui/technical.tsx';
import { Age, durationWords, TimeLeft } from '../../../ui/time.tsx';
import classes from '../journeys.module.css';
import { StepMail } from './step-mail.tsx';

/** A step: how many are there, how long they stay, who they are, whose turn comes first. */
export function NodePanel(props: {
  slug: string;
  version: number | undefined;
  node: DrawnNode;
  definition: unknown;
  stats: JourneyStats['steps'][number] | undefined;
  onClose: () => void;
}) {
  const { slug, version, node, definition, stats, onClose } = props;
  const { t } = useLingui();
  const query = { journey: slug, step: node.id, state: 'live', sort: 'due', version };
  const { data } = useInfiniteQuery(runsQuery(query, 10));
  const people = data?.pages[0]?.items ?? [];
  const { now = 0, failed = 0 } = stats ?? {};
  return (
    <aside className={classes.panel} aria-label={node.title}>
      <section>
        <div className={classes.panelHead}>
          <Icon name={lookOf(node.kind).icon} />
          <div>
            <h2>{node.title}</h2>
            <p className="small text2">{node.detail}</p>
          </div>
          <ActionIcon onClick={onClose} aria-label={t`Close`}>
            <Icon name="cross" size={14} />
          </ActionIcon>
        </div>
      </section>
      <Figures stats={stats} />
      {failed > 0 && (
        <section>
          <Link to="/runs" search={{ journey: slug, status: 'failed' }} className={`link ${classes.bad}`}>
            <Plural
              value={failed}
              one="# run failed here: see why, and retry it"
              other="# runs failed here: see why, and retry them"
            />
          </Link>
        </section>
      )}
      <section>
        <h3 className="caption">
          {now === 0 ? <Trans>Nobody is here now</Trans> : <Trans>What happens next comes first</Trans>}
        </h3>
        <ul className={classes.people}>
          {people.map((run) => (
            <li key={run.id} className="fresh">
              <Link to="/runs/$id" params={{ id: run.id }}>
                <span className="medium cut">{runName(run)}</span>
                <span className="small">
                  {run.nextDueAt && <TimeLeft until={run.nextDueAt} due={dueOf(run)} since={run.stepSince} />}
                </span>
                <span className="small text2">
                  {run.stepSince && (
                    <Trans>
                      here for <Age since={run.stepSince} />
                    </Trans>
                  )}
                </span>
                <span>{run.trouble && <RunState run={run} isBare />}</span>
              </Link>
            </li>
          ))}
        </ul>
        {now > people.length && (
          <Link
            to="/runs"
            search={{
              journey: slug,
              step: node.id,
              state: 'live',
              sort: 'due',
              ...(version ? { version: String(version) } : {}),
            }}
            className="link small"
          >
            <Plural value={now} one="Show #" other="Show all #" />
          </Link>
        )}
      </section>
      {node.isMail && <StepMail slug={slug} step={node.id} version={version} />}
      <section>
        <Technical>
          <Json label={t`Definition of the step`} value={definition} />
        </Technical>
      </section>
    </aside>
  );
}

/** How many are in a step, how many went on, and how long they stay. */
function Figures({ stats }: { stats: JourneyStats['steps'][number] | undefined }) {
  const { i18n } = useLingui();
  const { now = 0, leftWithinDay = 0, medianMs = null } = stats ?? {};
  return (
    <section className={`${classes.stats} num`}>
      <div>
        <div className="caption">
          <Trans>Here now</Trans>
        </div>
        <div className="figure">
          <Count value={now} />
        </div>
      </div>
      <div>
        <div className="caption">
          <Trans>Passed in 24 h</Trans>
        </div>
        <div className="figure">
          <Count value={leftWithinDay} />
        </div>
      </div>
      <div>
        <div className="caption">
          <Trans>Median time here</Trans>
        </div>
        <div className="figure">{medianMs === null ? '–' : durationWords(i18n, medianMs)}</div>
      </div>
    </section>
  );
}
