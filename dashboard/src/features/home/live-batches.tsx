import { Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { batchesQuery } from '../../api/batches.ts';
import { BatchState, isStuck } from '../../entities/batch/batch-state.tsx';
import { DocumentBar } from '../../entities/batch/document-bar.tsx';
import { TroubleWords } from '../../entities/run/trouble-words.tsx';
import { Cost } from '../../ui/numbers.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './home.module.css';
import { SectionHead } from './section-head.tsx';

/** The batches under way: where they are, what they have spent. */
export function LiveBatches() {
  const { data } = useInfiniteQuery(batchesQuery('live', 5));
  const batches = data?.pages[0]?.items ?? [];
  if (batches.length === 0) return null;
  return (
    <section aria-labelledby="batches">
      <SectionHead
        id="batches"
        title={<Trans>Batches</Trans>}
        all={
          <Link to="/batches" className="link">
            <Trans>All batches</Trans>
          </Link>
        }
      />
      <ul className={classes.rows}>
        {batches.map((batch) => (
          <li key={batch.id} className="fresh">
            <Link to="/batches/$id" params={{ id: batch.id }} className={`${classes.row} ${classes.job}`}>
              <span>
                <span className="medium cut block">{batch.name}</span>
                <small>
                  <BatchState batch={batch} />
                </small>
              </span>
              <span>
                <DocumentBar batch={batch} />
                {batch.trouble && isStuck(batch) && (
                  <span className="small block cut">
                    <TroubleWords trouble={batch.trouble} />
                  </span>
                )}
              </span>
              <span className={`small ${classes.endText}`}>
                <Cost micros={batch.spentMicros} />{' '}
                <span className="text3">
                  <Trans>
                    of <Cost micros={batch.budgetMicros} />
                  </Trans>
                </span>
              </span>
              <span className={`small text2 ${classes.endText}`}>
                <Trans>
                  made <Time at={batch.createdAt} />
                </Trans>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
