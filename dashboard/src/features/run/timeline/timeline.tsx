import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Button } from '@mantine/core';
import type { RunDetail, Step } from '../../../../../contracts/runs/runs-api.schema.ts';
import { useNow } from '../../../ui/time.tsx';
import { VirtualList } from '../../../ui/virtual/virtual-list.tsx';
import type { More } from '../../../ui/virtual/virtual-rows.ts';
import classes from '../run.module.css';
import { Axis } from './axis.tsx';
import { ticksOf, timeScale } from './scale.ts';
import { StepLine } from './step-line.tsx';

/** A line is about as high, in px. */
const lineHeight = 52;

/** What happened to a run, one line a step, and where it stands now; `loadAll` fetches what was not scrolled to yet, and gives the last. */
export function Timeline(props: {
  run: RunDetail;
  steps: readonly Step[];
  more: More;
  loadAll: () => Promise<Step | undefined>;
}) {
  const { run, steps, more, loadAll } = props;
  const { t } = useLingui();
  const now = useNow();
  const [shown, setShown] = useState<string>();
  const jump = (): void => {
    setShown(undefined);
    void loadAll().then((step) => setShown(step && keyOf(step)));
  };
  const last = run.endedAt ? Date.parse(run.endedAt) : now;
  const isLive = run.endedAt === null;
  const due = isLive && run.nextDueAt !== null ? Math.max(last, Date.parse(run.nextDueAt)) : null;
  const instants = steps.flatMap(({ startedAt, endedAt }) => [
    Date.parse(startedAt),
    endedAt ? Date.parse(endedAt) : last,
  ]);
  const scale = timeScale([...instants, last, due ?? last]);
  const named = [last, ...(due === null ? [] : [due]), ...instants.slice(0, 1)];
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
          <Button variant="subtle" onClick={jump} className={classes.end}>
            <Trans>Jump to now</Trans>
          </Button>
        )}
      </div>
      {steps.length > 0 && (
        <Axis ticks={ticksOf(named, instants, scale)} now={isLive ? last : null} due={due} scale={scale} />
      )}
      <VirtualList items={steps} keyOf={keyOf} height={lineHeight} more={more} shown={shown}>
        {(step, index) => {
          const before = steps[index - 1];
          return (
            <>
              {before !== undefined && step.generation > before.generation && (
                <p className={classes.divider}>
                  <Trans>Rewound here by a person; what was sent before was not sent again</Trans>
                </p>
              )}
              <StepLine step={step} scale={scale} until={last} due={due} isLive={isLive} />
            </>
          );
        }}
      </VirtualList>
      <p className={classes.key}>
        <Plural value={steps.length} one="# step" other="# steps" />
      </p>
    </section>
  );
}

function keyOf({ step, visit, generation }: Step): string {
  return `${step} ${visit} ${generation}`;
}

function Swatch({ colour, label }: { colour: string; label: string }) {
  return (
    <span>
      <i style={{ background: colour }} />
      {label}
    </span>
  );
}
