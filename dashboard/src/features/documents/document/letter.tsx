import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { letterAddress, letterQuery } from '../../../api/batches.ts';
import { ApiProblem, hasCode } from '../../../api/http/problem.ts';
import { Failed } from '../../../entities/answer/failed.tsx';
import { Empty, Loading } from '../../../ui/states.tsx';
import classes from '../batches.module.css';

/** A document exactly as it will be rendered; what the checks quote is marked, clauses that no model touches are tinted. */
export function Letter({ document }: { document: DocumentDetail }) {
  const { t } = useLingui();
  const { isPending, error, refetch } = useQuery({ ...letterQuery(document), enabled: document.answers !== null });
  if (document.answers === null)
    return <Empty title={<Trans>Nothing is written for this row</Trans>}>{document.error?.message}</Empty>;
  if (error instanceof ApiProblem && error.problem.status === 422)
    return (
      <Empty
        title={
          hasCode(error, 'letter.skipped') ? (
            <Trans>There is no letter for this row</Trans>
          ) : (
            <Trans>The template makes no letter of this row</Trans>
          )
        }
      >
        {error.problem.detail}
      </Empty>
    );
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  return (
    <iframe
      key={document.contentHash}
      className={classes.frame}
      sandbox=""
      src={letterAddress(document.id)}
      title={t`The letter as it will be rendered`}
      // A click into the frame takes the keys of the page along; they come back with the pointer.
      onMouseLeave={(event) => event.currentTarget.blur()}
    />
  );
}
