import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { hasCode } from '../../../api/http/problem.ts';
import { Kbd } from '../../../ui/keys/kbd.tsx';
import { useKeys } from '../../../ui/keys/keys.tsx';
import { useDecideDocument } from './use-decide-document.ts';

/** A document with what was decided about it in this review. */
export type DecidedDocument = Pick<DocumentDetail, 'id' | 'key' | 'contentHash' | 'decision'>;

/** Takes the last decision back, by its button or `z`; `onUndone` shows the document again. */
export function UndoDecision({ last, onUndone }: { last: DecidedDocument; onUndone: () => void }) {
  const { t } = useLingui();
  const decide = useDecideDocument(onUndone);
  const undo = (): void => {
    if (!decide.isPending) decide.mutate({ document: last, decision: null });
  };
  useKeys([{ keys: 'z', label: t`Take the last decision back`, run: undo }]);
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        loading={decide.isPending}
        onClick={undo}
        rightSection={<Kbd keys="Z" />}
      >
        <Trans>Undo {last.key}</Trans>
      </Button>
      {decide.error && (
        <span className="small red" role="alert">
          {hasCode(decide.error, 'batch.notInReview') ? (
            <Trans>The review is over: nothing can be taken back.</Trans>
          ) : hasCode(decide.error, 'document.decidedMeanwhile') ? (
            <Trans>A colleague has decided about it meanwhile.</Trans>
          ) : (
            <Trans>It could not be taken back.</Trans>
          )}
        </span>
      )}
    </>
  );
}
