import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { decidesDocuments } from '../../../../domain/documents/stages/stages.ts';
import { batchQuery, documentQuery, documentsQuery } from '../../api/batches.ts';
import { moreOf } from '../../api/http/pages.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import classes from '../../features/documents/batches.module.css';
import { ReviewPace } from '../../features/documents/document/review-pace.tsx';
import { DecideDocument } from '../../features/documents/document/decide-document.tsx';
import { EditText } from '../../features/documents/document/edit-text.tsx';
import {
  ReviewQueue,
  reviewSearch,
  type ReviewShow,
  reviewShows,
} from '../../features/documents/document/review-queue.tsx';
import { type DecidedDocument, UndoDecision } from '../../features/documents/document/undo-decision.tsx';
import { Evidence } from '../../features/documents/document/evidence.tsx';
import { Letter } from '../../features/documents/document/letter.tsx';
import { Page } from '../../frame/page.tsx';
import { useKeys } from '../../ui/keys/keys.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { useLateNavigate, useStillOpen } from '../../ui/use-still-here.ts';

/** The flagged documents one by one, by keyboard: the letter, what the checks found, the row. */
export function ReviewPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/frame/batches/$id/review' });
  const search = useSearch({ from: '/frame/batches/$id/review' });
  const navigate = useNavigate();
  const batch = useQuery(batchQuery(id)).data;
  const show = reviewShows.find((value) => value === search.show) ?? 'undecided';
  const { finding } = search;
  const list = useInfiniteQuery(documentsQuery(id, { show, ...(finding === undefined ? {} : { finding }) }));
  const isWhole = show === 'undecided' && finding === undefined;
  const [decided, setDecided] = useState<readonly DecidedDocument[]>([]);
  const queue = useMemo(() => {
    const listed = list.data?.pages.flatMap(({ items }) => items) ?? [];
    return show === 'undecided' ? listed.filter(({ id: one }) => decided.every((other) => other.id !== one)) : listed;
  }, [list.data, show, decided]);
  const first = queue[0]?.id;
  const current = search.document ?? first;
  const index = queue.findIndex((document) => document.id === current);
  const open = (document: string | undefined): void =>
    void navigate({
      ...reviewAt(id, { ...reviewSearch(show, finding), ...(document ? { document } : {}) }),
      resetScroll: false,
    });
  const showOf = (next: ReviewShow, of: string | undefined): void =>
    void navigate(reviewAt(id, reviewSearch(next, of)));
  // The address pins the first one, so that what another person decides does not change what is read.
  const pin = useLateNavigate();
  useEffect(() => {
    if (search.document === undefined && first !== undefined)
      void pin({ ...reviewAt(id, { ...reviewSearch(show, finding), document: first }), resetScroll: false });
  }, [pin, id, show, finding, search.document, first]);
  const isStillOpen = useStillOpen(current);
  const step = (by: number): void => open(queue[Math.min(Math.max(index + by, 0), queue.length - 1)]?.id);
  useKeys([
    { keys: 'j', label: t`Next document`, run: () => step(1) },
    { keys: 'k', label: t`Document before`, run: () => step(-1) },
    { keys: 'Escape', label: t`Leave the review`, run: () => void navigate({ to: '/batches/$id', params: { id } }) },
  ]);
  const last = decided.at(-1);
  const undecided = batch?.progress.undecided ?? queue.length;
  const all = (batch?.options['review'] === 'all' ? batch.progress.generated : batch?.progress.flagged) ?? 0;
  return (
    <Page
      name={t`Review`}
      isFixed
      crumbs={[
        <Link key="batches" to="/batches">
          <Trans>Batches</Trans>
        </Link>,
        <Link key="batch" to="/batches/$id" params={{ id }}>
          {batch?.name ?? '…'}
        </Link>,
      ]}
      chip={
        <>
          <span className="small text2 num" role="status">
            <Plural value={undecided} one="# left to decide" other="# left to decide" />
          </span>
          {all > 0 && <progress value={Math.max(0, all - undecided)} max={all} aria-label={t`Decided`} />}
          {batch && <ReviewPace perHour={batch.decidedPerHour} undecided={undecided} />}
          {last && batch && decidesDocuments(batch.stage) && (
            <UndoDecision
              key={last.id}
              last={last}
              onUndone={() => {
                setDecided((before) => before.slice(0, -1));
                open(last.id);
              }}
            />
          )}
        </>
      }
    >
      {list.isPending && <Loading />}
      {list.error && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && !current && isWhole && (
        <AllDecided id={id} isOpen={batch !== undefined && decidesDocuments(batch.stage)} />
      )}
      {list.data && (current || !isWhole) && (
        <div className={classes.review}>
          <ReviewQueue
            batchId={id}
            queue={queue}
            show={show}
            current={current}
            finding={finding}
            findings={batch?.defects ?? []}
            more={moreOf(list)}
            onShow={(next) => showOf(next, finding)}
            onFinding={(next) => showOf(show, next)}
          />
          {current && (
            <Opened
              key={current}
              id={current}
              isLast={undecided === 1 && show === 'undecided'}
              onDecided={(document, choice) => {
                setDecided((before) => [
                  ...before.filter(({ id: other }) => other !== document.id),
                  ...(choice === null ? [] : [{ ...document, decision: choice }]),
                ]);
                if (isStillOpen(current) && show === 'undecided')
                  open(queue.filter(({ id: other }) => other !== current)[Math.max(0, index)]?.id);
              }}
            />
          )}
        </div>
      )}
    </Page>
  );
}

function Opened(props: {
  id: string;
  isLast: boolean;
  onDecided: (document: DecidedDocument, choice: 'approve' | 'reject' | null) => void;
}) {
  const { id, isLast, onDecided } = props;
  const [isEditing, setEditing] = useState(false);
  const { data: document, error, refetch } = useQuery(documentQuery(id));
  if (!document) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <div className={classes.sheetArea}>
        {isEditing ? (
          <EditText document={document} onClose={() => setEditing(false)} />
        ) : (
          <Letter document={document} />
        )}
      </div>
      <Evidence document={document} />
      {!isEditing && (
        <DecideDocument
          document={document}
          isLast={isLast}
          onDecided={(choice) => onDecided(document, choice)}
          onEdit={() => setEditing(true)}
        />
      )}
    </>
  );
}

/** Where a review is shown, in the place of what was shown of it before. */
function reviewAt(id: string, search: ReturnType<typeof reviewSearch> & { document?: string }) {
  return { to: '/batches/$id/review', params: { id }, search, replace: true } as const;
}

/** Nothing is left to decide; `isOpen`: the batch has not gone on yet. */
function AllDecided({ id, isOpen }: { id: string; isOpen: boolean }) {
  return (
    <Empty
      title={<Trans>Every flagged document is decided</Trans>}
      actions={
        <>
          <Link to="/batches/$id" params={{ id }} className="link">
            <Trans>Back to the batch</Trans>
          </Link>
          <Link to="/batches/$id/review" params={{ id }} search={{ show: 'decided' }} className="link">
            <Trans>What was decided</Trans>
          </Link>
        </>
      }
    >
      {isOpen ? (
        <Trans>The batch goes on by itself in a moment.</Trans>
      ) : (
        <Trans>The letters are rendered and packed by themselves; the batch shows how far they are.</Trans>
      )}
    </Empty>
  );
}
