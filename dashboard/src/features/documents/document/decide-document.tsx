import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { batchApprover } from '../../../../../domain/documents/batch-state.ts';
import { hasCode } from '../../../api/http/problem.ts';
import { useSession } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Kbd } from '../../../ui/keys/kbd.tsx';
import { useKeys } from '../../../ui/keys/keys.tsx';
import classes from '../batches.module.css';
import { BeingChanged } from './being-changed.tsx';
import { useDecideDocument } from './use-decide-document.ts';
import { WriteAgain } from './write-again.tsx';

type Choice = 'approve' | 'reject';

/**
 * Approving a document as it is, or taking it out: chosen by `1` and `2` and confirmed, as in the Inbox. What was decided can be taken
 * back while the batch is in review. Its text can be changed (`e`), or written again by the model with a note (`r`). `isLast`: the letters are
 * made once this is confirmed.
 */
export function DecideDocument(props: {
  document: DocumentDetail;
  isLast: boolean;
  onDecided: (choice: Choice | null) => void;
  onEdit: () => void;
}) {
  const { document, isLast, onDecided, onEdit } = props;
  const { t } = useLingui();
  const isApprover = useSession()?.roles.includes(batchApprover.id) ?? false;
  const [picked, setPicked] = useState<{ choice: Choice; seen: string } | null>(null);
  const [isAsking, setAsking] = useState(false);
  const decide = useDecideDocument(onDecided);
  // What a colleague has decided, or changed, meanwhile is looked at first.
  const seen = `${document.decision} ${document.contentHash}`;
  const chosen = picked?.seen === seen ? picked.choice : null;
  const mayDecide = isApprover && document.isInReview && document.contentHash !== null;
  const choose = (choice: Choice): void => {
    if (mayDecide && !decide.isPending) setPicked({ choice, seen });
  };
  const confirm = (): void => {
    if (chosen === null || !mayDecide || decide.isPending) return;
    decide.mutate({ document, decision: chosen });
  };
  const takeBack = (): void => {
    if (mayDecide && !decide.isPending) decide.mutate({ document, decision: null });
  };
  const changes = [
    { keys: 'e', label: t`Change the text`, run: () => mayDecide && onEdit() },
    { keys: 'r', label: t`Have it written again`, run: () => mayDecide && setAsking(true) },
  ];
  useKeys([
    ...changes,
    { keys: '1', label: t`Approve the document`, run: () => choose('approve') },
    { keys: '2', label: t`Take the document out`, run: () => choose('reject') },
    { keys: 'mod+Enter', label: t`Confirm the decision`, run: confirm },
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
  if (document.isBeingChanged) return <BeingChanged document={document} />;
  if (isAsking) return <WriteAgain document={document} onClose={() => setAsking(false)} />;
  const choices = [
    { choice: 'approve', label: t`Approve`, follows: t`goes out as it is, under your name`, keys: '1' },
    { choice: 'reject', label: t`Take out`, follows: t`no letter; the row is listed in errors.csv`, keys: '2' },
  ] as const;
  return (
    <div className={classes.decide}>
      {choices.map(({ choice, label, follows, keys }) => (
        <span key={choice} className={classes.choice}>
          <Button
            aria-pressed={chosen === choice}
            variant={chosen === choice ? 'filled' : 'default'}
            disabled={decide.isPending}
            onClick={() => choose(choice)}
            rightSection={<Kbd keys={keys} />}
          >
            {label}
          </Button>
          <span className="small text2">→ {follows}</span>
        </span>
      ))}
      {changes.map(({ keys, label, run }) => (
        <Button key={keys} disabled={decide.isPending} onClick={run} rightSection={<Kbd keys={keys.toUpperCase()} />}>
          {label}
        </Button>
      ))}
      {document.decision !== null && chosen === null && (
        <Button loading={decide.isPending} onClick={takeBack}>
          <Trans>Take the decision back</Trans>
        </Button>
      )}
      {chosen && (
        <Button variant="filled" loading={decide.isPending} onClick={confirm} rightSection={<Kbd keys="mod+Enter" />}>
          {chosen === 'approve' ? <Trans>Confirm “Approve”</Trans> : <Trans>Confirm “Take out”</Trans>}
        </Button>
      )}
      <span className="small text2" role="status">
        {decide.isPending ? (
          <Trans>Being recorded…</Trans>
        ) : hasCode(decide.error, 'gate.stale') ? (
          <Trans>The text has changed since you opened it; it is shown again: check it.</Trans>
        ) : chosen === null ? (
          <Trans>Nothing counts before you confirm it.</Trans>
        ) : isLast ? (
          <Trans>It is the last one: the letters are made then, and nothing can be taken back.</Trans>
        ) : null}
      </span>
      {decide.error && !hasCode(decide.error, 'gate.stale') && <Refusal error={decide.error} />}
    </div>
  );
}
