import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { draftsQuery } from '../../../api/batches.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import classes from '../batches.module.css';
import { useDropDraft } from './use-redraft.ts';

/** Whose other text of a document is being made; it can be taken back until then. */
export function BeingChanged({ document: { id } }: { document: DocumentDetail }) {
  const open = useQuery(draftsQuery(id)).data?.items.at(-1);
  const drop = useDropDraft(id);
  const author = open?.author ?? '';
  return (
    <div className={classes.decide}>
      <span role="status">
        {open?.kind === 'edited' ? (
          <Trans>The change by {author} is being checked.</Trans>
        ) : (
          <Trans>It is being written again, as {author} asked.</Trans>
        )}
      </span>
      <Button loading={drop.isPending} onClick={() => drop.mutate()}>
        <Trans>Take that back</Trans>
      </Button>
      <span className="small text2">
        <Trans>It can be decided when the new text is there.</Trans>
      </span>
      {drop.error && <Refusal error={drop.error} />}
    </div>
  );
}
