import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Document } from '../../../../../contracts/documents/batches-api.schema.ts';
import { ChoiceChips } from '../../../ui/filters.tsx';
import { Time } from '../../../ui/time.tsx';
import type { More } from '../../../ui/virtual/virtual-rows.ts';
import { VirtualList } from '../../../ui/virtual/virtual-list.tsx';
import classes from '../batches.module.css';
import { FindingMenu } from './finding-menu.tsx';

/** What of a review is listed: what is left to decide, or what was decided. */
export const reviewShows = ['undecided', 'decided', 'approved', 'refused'] as const;
/** What of a review is listed. */
export type ReviewShow = (typeof reviewShows)[number];

/** What of a review is listed, as its address says it. */
export function reviewSearch(show: ReviewShow, finding: string | undefined): { show?: ReviewShow; finding?: string } {
  return { ...(show === 'undecided' ? {} : { show }), ...(finding === undefined ? {} : { finding }) };
}

/** A document in the queue is about as high, in px. */
const itemHeight = 57;

/** The documents of a review beside the one that is open: those to decide, or what was decided, by whom and when. */
export function ReviewQueue(props: {
  batchId: string;
  queue: readonly Document[];
  show: ReviewShow;
  current: string | undefined;
  /** The code of what the checks found in those that are listed; undefined for whatever they found. */
  finding: string | undefined;
  findings: readonly { code: string; flagged: number }[];
  more: More;
  onShow: (show: ReviewShow) => void;
  onFinding: (code: string | undefined) => void;
}) {
  const { batchId, queue, show, current, finding, findings, more, onShow, onFinding } = props;
  const { t } = useLingui();
  return (
    <nav
      className={classes.queue}
      aria-label={show === 'undecided' ? t`Documents to decide` : t`Decided documents`}
      data-scrolls
    >
      <div className={classes.queueHead}>
        <ChoiceChips
          label={t`Which documents`}
          choices={[
            { value: 'undecided', label: t`To decide` },
            { value: 'decided', label: t`Decided` },
            { value: 'approved', label: t`Approved` },
            { value: 'refused', label: t`Taken out` },
          ]}
          value={show}
          onChange={onShow}
        />
        <FindingMenu findings={findings} value={finding} onChange={onFinding} />
      </div>
      {queue.length === 0 && (
        <p className={`${classes.queueHead} small text2`}>
          {finding !== undefined ? (
            <Trans>Nothing of this kind is left here.</Trans>
          ) : show === 'undecided' ? (
            <Trans>Nothing is left to decide.</Trans>
          ) : (
            <Trans>Nothing is decided yet.</Trans>
          )}
        </p>
      )}
      <VirtualList items={queue} keyOf={({ id }) => id} height={itemHeight} more={more} shown={current}>
        {(document) => (
          <Link
            to="/batches/$id/review"
            params={{ id: batchId }}
            search={{ ...reviewSearch(show, finding), document: document.id }}
            resetScroll={false}
            aria-current={document.id === current ? 'true' : undefined}
          >
            <span className="mono">{document.key}</span>
            <span className="small text2 cut">
              <Line document={document} />
            </span>
          </Link>
        )}
      </VirtualList>
    </nav>
  );
}

function Line({ document: { decision, decidedBy, decidedAt, findings, isBeingChanged } }: { document: Document }) {
  if (isBeingChanged) return <Trans>Being changed</Trans>;
  if (decision === null) return findings[0]?.message;
  return (
    <>
      {decision === 'approve' ? <Trans>Approved by {decidedBy}</Trans> : <Trans>Taken out by {decidedBy}</Trans>}
      {decidedAt && (
        <>
          {' · '}
          <Time at={decidedAt} />
        </>
      )}
    </>
  );
}
