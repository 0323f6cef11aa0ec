import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { batchApprover } from '../../../../../domain/documents/batch-state.ts';
import { decideDocument } from '../../../api/batches.ts';
import { hasCode } from '../../../api/http/problem.ts';
import { useSession } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Kbd } from '../../../ui/keys/kbd.tsx';
import { useKeys } from '../../../ui/keys/keys.tsx';
import classes from '../batches.module.css';

/** Approving a document as it is, or taking it out; by `1` and `3`. */
export function DecideDocument({ document, onDecided }: { document: DocumentDetail; onDecided: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const isApprover = useSession()?.roles.includes(batchApprover.id) ?? false;
  const decide = useMutation({
    mutationFn: (decision: 'approve' | 'reject') =>
      decideDocument(document.id, { decision, expectedHash: document.contentHash ?? '' }),
    onSuccess: onDecided,
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => /^\/v1\/(documents|batches)/.test(String(queryKey[0])) }),
  });
  const mayDecide = isApprover && document.isInReview && document.contentHash !== null;
  const act = (decision: 'approve' | 'reject'): void => {
    if (mayDecide && !decide.isPending) decide.mutate(decision);
  };
  useKeys([
    { keys: '1', label: t`Approve the document`, run: () => act('approve') },
    { keys: '3', label: t`Take the document out`, run: () => act('reject') },
  ]);
  if (!mayDecide)
    return (
      <p className={`${classes.decide} small text2`}>
        {document.isInReview ? (
          <Trans>People with the role “approver” decide this.</Trans>
        ) : (
          <Trans>The batch is not in review.</Trans>
        )}
      </p>
    );
  return (
    <div className={classes.decide}>
      <Button
        variant="filled"
        loading={decide.isPending}
        onClick={() => act('approve')}
        rightSection={<Kbd keys="1" />}
      >
        <Trans>Approve</Trans>
      </Button>
      <span className="small text2">
        <Trans>→ goes out as it is, under your name</Trans>
      </span>
      <Button
        variant="danger"
        disabled={decide.isPending}
        onClick={() => act('reject')}
        rightSection={<Kbd keys="3" />}
      >
        <Trans>Take out</Trans>
      </Button>
      <span className="small text2">
        <Trans>→ no letter; the row is listed in errors.csv</Trans>
      </span>
      <span className="small text2" role="status">
        {decide.isPending && <Trans>Being recorded…</Trans>}
        {hasCode(decide.error, 'gate.stale') && (
          <Trans>The text has changed since you opened it; it is shown again: check it.</Trans>
        )}
      </span>
      {decide.error && !hasCode(decide.error, 'gate.stale') && <Refusal error={decide.error} />}
    </div>
  );
}
