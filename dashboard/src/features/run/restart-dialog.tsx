import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import { ReasonField } from '../../entities/answer/confirm.tsx';
import { Refusal } from '../../entities/answer/failed.tsx';
import { runName } from '../../entities/run/run-kinds.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { JsonField, readJsonObject } from '../../entities/answer/json-field.tsx';
import { useLateNavigate } from '../../ui/use-still-here.ts';
import { useOperation } from './use-operation.ts';

/** Begins the same journey anew for the person, with what it began with as a draft of the input. */
export function RestartDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  const { t } = useLingui();
  const navigate = useLateNavigate();
  const [text, setText] = useState(() => JSON.stringify(inputOf(run), null, 2));
  const [reason, setReason] = useState('');
  const restart = useOperation(run, ({ runId }) => {
    onClose();
    void navigate({ to: '/runs/$id', params: { id: runId } });
  });
  const properties = readJsonObject(text);
  const name = runName(run);
  return (
    <Dialog onClose={onClose} title={t`Run again`}>
      <DialogForm onSubmit={() => properties && restart.mutate({ kind: 'restart', reason: reason.trim(), properties })}>
        <p className="text2">
          <Trans>
            {name} goes through the journey from its beginning, in the version that is live now: what this run has sent
            is sent again. This run stays as it is.
          </Trans>
        </p>
        <JsonField label={t`Properties of the entry event`} value={text} onChange={setText} />
        <ReasonField value={reason} onChange={setReason} />
        <Refusal error={restart.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={restart.isPending}
            disabled={!properties || reason.trim() === ''}
          >
            <Trans>Run again</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}

function inputOf({ facts: { entry } }: RunDetail): unknown {
  return typeof entry === 'object' && entry !== null && 'properties' in entry ? entry.properties : {};
}
