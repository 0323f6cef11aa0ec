import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { decidesDocuments } from '../../../../domain/documents/stages/stages.ts';
import { batchQuery, documentQuery, documentsQuery } from '../../api/batches.ts';
import { moreOf } from '../../api/http/pages.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import classes from '../../features/documents/batches.module.css';
import { DecideDocument } from '../../features/documents/document/decide-document.tsx';
import { EditText } from '../../features/documents/document/edit-text.tsx';
import { ReviewQueue, reviewShows } from '../../features/documents/document/review-queue.tsx';
import { type DecidedDocument, UndoDecision } from '../../features/documents/document/undo-decision.tsx';
import { Evidence } from '../../features/documents/document/evidence.tsx';
import { Letter } from '../../features/documents/document/letter.tsx';
import { Page } from '../../frame/page.tsx';
import { useKeys } from '../../ui/keys/keys.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { useStillOpen } from '../../ui/use-still-here.ts';

/** The flagged documents one by one, by keyboard: the letter, what the checks found, the row. */
export function ReviewPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/frame/batches/$id/review' });
  const search = useSearch({ from: '/frame/batches/$id/review' });
  const navigate = useNavigate();
  const batch = useQuery(batchQuery(id)).data;
  const show = reviewShows.find((value) => value === search.show) ?? 'undecided';
  const list = useInfiniteQuery(documentsQuery(id, { show }));
  const queue = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const current = search.document ?? queue[0]?.id;
  const index = queue.findIndex((document) => document.id === current);
  const open = (document: string | undefined): void =>
    void navigate({
      to: '/batches/$id/review',
      params: { id },
      search: { ...(document ? { document } : {}), ...(show === 'undecided' ? {} : { show }) },
      replace: true,
      resetScroll: false,
    });
  const isStillOpen = useStillOpen(current);
  const step = (by: number): void => open(queue[Math.min(Math.max(index + by, 0), queue.length - 1)]?.id);
  useKeys([
    { keys: 'j', label: t`Next document`, run: () => step(1) },
    { keys: 'k', label: t`Document before`, run: () => step(-1) },
    { keys: 'Escape', label: t`Leave the review`, run: () => void navigate({ to: '/batches/$id', params: { id } }) },
  ]);
  const [decided, setDecided] = useState<readonly DecidedDocument[]>([]);
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
      {list.data && !current && show === 'undecided' && (
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
          {batch && decidesDocuments(batch.stage) ? (
            <Trans>The batch goes on by itself in a moment.</Trans>
          ) : (
            <Trans>The letters are rendered and packed by themselves; the batch shows how far they are.</Trans>
          )}
        </Empty>
      )}
      {list.data && (current || show !== 'undecided') && (
        <div className={classes.review}>
          <ReviewQueue
            batchId={id}
            queue={queue}
            show={show}
            current={current}
            more={moreOf(list)}
            onShow={(next) =>
              void navigate({
                to: '/batches/$id/review',
                params: { id },
                search: next === 'undecided' ? {} : { show: next },
                replace: true,
              })
            }
          />
          {current && (
            <Opened
              key={current}
              id={current}
              isLast={undecided === 1 && show === 'undecided'}
              onDecided={(document, choice) => {
                if (choice !== null) setDecided((before) => [...before, document]);
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
