import { Trans } from '@lingui/react/macro';
import type { JourneyStats } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import type { DrawnNode } from '../../../../../domain/journeys/drawing.ts';
import { lookOf } from '../../../entities/run/step-looks.ts';
import { Icon } from '../../../ui/icons.tsx';
import { Count } from '../../../ui/numbers.tsx';
import classes from '../journeys.module.css';

/** A step as a box: what it is, who is there now, who passed within a day, who is stuck, whose run failed. */
export function NodeCard(props: {
  node: DrawnNode;
  stats: JourneyStats['steps'][number] | undefined;
  isOpen: boolean;
}) {
  const { node, stats, isOpen } = props;
  return (
    <div className={classes.card} data-open={isOpen} data-bad={(stats?.inTrouble ?? 0) + (stats?.failed ?? 0) > 0}>
      <div className={classes.cardHead}>
        <Icon name={lookOf(node.kind).icon} size={14} />
        <span className="medium cut">{node.title}</span>
        <span className="cut">{node.detail}</span>
      </div>
      {node.kind !== 'entry' && node.kind !== 'end' && <StepNumbers stats={stats} />}
    </div>
  );
}

/** The numbers of a step in one line; the colour says what people there wait for. */
export function StepNumbers({ stats }: { stats: JourneyStats['steps'][number] | undefined }) {
  const { now = 0, running = 0, waitingForPerson = 0, leftWithinDay = 0, inTrouble = 0, failed = 0 } = stats ?? {};
  const tone = waitingForPerson > 0 ? classes.person : now > running ? classes.waiting : '';
  return (
    <div className={`${classes.cardFoot} num`}>
      <span className={tone}>
        {running > 0 && running === now ? (
          <Trans>
            <Count value={running} /> running
          </Trans>
        ) : (
          <Trans>
            <Count value={now} /> here
          </Trans>
        )}
      </span>
      <span>
        <Trans>
          <Count value={leftWithinDay} /> in 24 h
        </Trans>
      </span>
      {inTrouble > 0 && (
        <span className={classes.bad}>
          <Trans>
            <Count value={inTrouble} /> stuck
          </Trans>
        </span>
      )}
      {failed > 0 && (
        <span className={classes.bad}>
          <Trans>
            <Count value={failed} /> failed
          </Trans>
        </span>
      )}
    </div>
  );
}
