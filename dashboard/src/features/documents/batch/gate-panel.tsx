import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { Cost, Count } from '../../../ui/numbers.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { durationWords } from '../../../ui/time.tsx';
import classes from '../batches.module.css';
import { useLingui } from '@lingui/react';

/** What the batch asks a person: the estimate beside the budget, and the way to the decision. */
export function EstimatePanel({ batch }: { batch: BatchDetail }) {
  const { i18n } = useLingui();
  const { estimate, gateId, budgetMicros } = batch;
  if (!estimate) return null;
  const { costMicros, seconds, documents } = estimate;
  const isOver = costMicros.high > budgetMicros;
  return (
    <Panel
      title={<Trans>The estimate</Trans>}
      end={
        gateId && (
          <Link to="/inbox" search={{ show: 'team', gate: gateId }} className="link">
            <Trans>Decide</Trans>
          </Link>
        )
      }
    >
      <div className={`${classes.numbers} num`}>
        <div>
          <div className="caption">
            <Trans>Expected</Trans>
          </div>
          <div className="figure">
            <Cost micros={costMicros.expected} />
          </div>
          <div className="small text2">
            <Trans>
              <Count value={documents} /> documents
            </Trans>
          </div>
        </div>
        <div>
          <div className="caption">
            <Trans>Between</Trans>
          </div>
          <div>
            <Cost micros={costMicros.low} /> – <Cost micros={costMicros.high} />
          </div>
          <div className="small text2">
            {durationWords(i18n, seconds.low * 1_000)} – {durationWords(i18n, seconds.high * 1_000)}
          </div>
        </div>
        <div>
          <div className="caption">
            <Trans>Budget</Trans>
          </div>
          <div>
            <Cost micros={budgetMicros} />
          </div>
          <div className={isOver ? 'small amber' : 'small text2'}>
            {isOver ? <Trans>it may run out: the batch pauses then</Trans> : <Trans>enough even at the high end</Trans>}
          </div>
        </div>
      </div>
    </Panel>
  );
}
