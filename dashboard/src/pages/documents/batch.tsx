import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { BatchDetail } from '../../../../contracts/documents/batches-api.schema.ts';
import { decidesEstimate } from '../../../../domain/documents/stages/stages.ts';
import { batchQuery } from '../../api/batches.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { BatchState } from '../../entities/batch/batch-state.tsx';
import { DocumentBar } from '../../entities/batch/document-bar.tsx';
import { BatchActions } from '../../features/documents/batch/batch-actions.tsx';
import { Defects } from '../../features/documents/batch/defects.tsx';
import { DocumentGrid } from '../../features/documents/batch/document-grid.tsx';
import { EstimatePanel } from '../../features/documents/batch/gate-panel.tsx';
import { PaceChart } from '../../features/documents/batch/pace-chart.tsx';
import { AgainLinks } from '../../features/documents/batch/make-again.tsx';
import { StageStrip } from '../../features/documents/batch/stage-strip.tsx';
import classes from '../../features/documents/batches.module.css';
import { TroubleWords } from '../../entities/run/trouble-words.tsx';
import { Page } from '../../frame/page.tsx';
import { Cost, Count } from '../../ui/numbers.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Loading } from '../../ui/states.tsx';
import { durationWords } from '../../ui/time.tsx';

/** Stages, defects, spend and documents of one batch. */
export function BatchPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/frame/batches/$id' });
  const { show, q } = useSearch({ from: '/frame/batches/$id' });
  const navigate = useNavigate();
  const { data: batch, error, refetch } = useQuery(batchQuery(id));
  const crumbs = [
    <Link key="batches" to="/batches">
      <Trans>Batches</Trans>
    </Link>,
  ];
  if (!batch)
    return (
      <Page name={t`Batch`} crumbs={crumbs}>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  return (
    <Page
      name={batch.name}
      crumbs={crumbs}
      chip={
        <>
          <BatchState batch={batch} />
          <span className="text2">{batch.templateName}</span>
        </>
      }
      actions={<BatchActions batch={batch} />}
    >
      <div className={classes.part}>
        <Panel>
          <StageStrip batch={batch} />
          <Progress batch={batch} />
        </Panel>
        {decidesEstimate(batch.stage) && batch.endedAt === null && <EstimatePanel batch={batch} />}
        <div className={classes.two}>
          <Figures batch={batch} />
          <Defects batch={batch} />
        </div>
      </div>
      <DocumentGrid
        batch={batch}
        show={show}
        q={q}
        onChange={(next) =>
          void navigate({
            to: '/batches/$id',
            params: { id },
            search: { ...(next.show ? { show: next.show } : {}), ...(next.q ? { q: next.q } : {}) },
            replace: true,
          })
        }
      />
    </Page>
  );
}

function Progress({ batch }: { batch: BatchDetail }) {
  const { reason, trouble, endedAt } = batch;
  return (
    <div className={classes.progress}>
      <DocumentBar batch={batch} />
      <AgainLinks batch={batch} />
      {trouble && (
        <p className={`small ${classes.reason}`}>
          <TroubleWords trouble={trouble} />
        </p>
      )}
      {endedAt && reason && <p className={`small text2 ${classes.reason}`}>{reason}</p>}
    </div>
  );
}

function Figures({ batch }: { batch: BatchDetail }) {
  const { i18n } = useLingui();
  const { perMinute, spentMicros, budgetMicros, secondsLeft, tokens, progress, rows } = batch;
  const now = perMinute.at(-1)?.documents ?? 0;
  return (
    <Panel>
      <div className={`${classes.numbers} num`}>
        <div>
          <div className="caption">
            <Trans>Documents a minute</Trans>
          </div>
          <div className="figure">
            <Count value={now} />
          </div>
          <PaceChart minutes={perMinute} />
        </div>
        <div>
          <div className="caption">
            <Trans>Spent</Trans>
          </div>
          <div className="figure">
            <Cost micros={spentMicros} />
          </div>
          <div className="small text2">
            <Trans>
              of <Cost micros={budgetMicros} />
            </Trans>
          </div>
          <div className={classes.track} aria-hidden>
            <i style={{ width: `${Math.min(100, (spentMicros / Math.max(1, budgetMicros)) * 100)}%` }} />
          </div>
        </div>
        <div>
          <div className="caption">
            {secondsLeft === null ? <Trans>Corrected by the model</Trans> : <Trans>This stage takes</Trans>}
          </div>
          <div className="figure">
            {secondsLeft === null ? <Count value={progress.repaired} /> : durationWords(i18n, secondsLeft * 1_000)}
          </div>
          <div className="small text2">
            {secondsLeft === null ? (
              <Trans>after a check had found something</Trans>
            ) : (
              <Trans>
                <Count value={progress.repaired} /> corrected by the model
              </Trans>
            )}
          </div>
        </div>
        <div>
          <div className="caption">
            <Trans>Rows</Trans>
          </div>
          <div className="figure">
            <Count value={rows} />
          </div>
          <div className="small text2">
            <Trans>
              <Count value={batch.rowErrors} /> more refused, <Count value={tokens.input + tokens.output} /> tokens
            </Trans>
          </div>
        </div>
      </div>
    </Panel>
  );
}
