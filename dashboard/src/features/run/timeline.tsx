import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Fragment, useRef } from 'react';
import { Button } from '@mantine/core';
import type { RunDetail, Step } from '../../../../contracts/api/runs.schema.ts';
import { useNow } from '../../ui/time.tsx';
import { timeScale } from './scale.ts';
import { StepLine } from './step-line.tsx';
import classes from './run.module.css';

/** What happened to a run, one line a step, and where it stands now. */
export function Timeline({ run, steps }: { run: RunDetail; steps: readonly Step[] }) {
  const { t } = useLingui();
  const now = useNow();
  const end = useRef<HTMLLIElement>(null);
  const last = run.endedAt ? Date.parse(run.endedAt) : now;
  const scale = timeScale([
    ...steps.flatMap(({ startedAt, endedAt }) => [Date.parse(startedAt), endedAt ? Date.parse(endedAt) : last]),
    last,
  ]);
  return (
    <section aria-label={t`Timeline`} className={classes.steps}>
      <div className={classes.key}>
        <Swatch colour="var(--blue-mark)" label={t`working`} />
        <Swatch colour="var(--amber-mark)" label={t`a person`} />
        <Swatch colour="var(--violet-mark)" label={t`time or event`} />
        <span className="text3">
          <Trans>long waits are drawn shorter</Trans>
        </span>
        {steps.length > 12 && (
          <Button
            variant="subtle"
            onClick={() => end.current?.scrollIntoView({ block: 'center' })}
            style={{ marginInlineStart: 'auto' }}
          >
            <Trans>Jump to now</Trans>
          </Button>
        )}
      </div>
      <ol>
        {steps.map((step, index) => {
          const before = steps[index - 1];
          const isRewound = before !== undefined && step.generation > before.generation;
          return (
            <Fragment key={`${step.step} ${step.visit} ${step.generation}`}>
              {isRewound && (
                <li className={classes.divider}>
                  <Trans>Rewound here by a person; what was sent before was not sent again</Trans>
                </li>
              )}
              <li ref={index === steps.length - 1 ? end : null}>
                <StepLine step={step} scale={scale} until={last} isLive={run.endedAt === null} />
              </li>
            </Fragment>
          );
        })}
      </ol>
      <p className={classes.key}>
        <Plural value={steps.length} one="# step" other="# steps" />
      </p>
    </section>
  );
}

function Swatch({ colour, label }: { colour: string; label: string }) {
  return (
    <span>
      <i style={{ background: colour }} />
      {label}
    </span>
  );
}
