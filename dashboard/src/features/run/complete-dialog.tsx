import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { RunDetail } from '../../../../contracts/runs/runs-api.schema.ts';
import type { JsonValue } from '../../../../contracts/core/json.ts';
import { sampleOf } from '../../../../domain/journeys/simulation/sample.ts';
import { ReasonField } from '../../entities/answer/confirm.tsx';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { JsonField, readJsonObject } from '../../entities/answer/json-field.tsx';
import { useOperation } from './use-operation.ts';

/** Asks for the output that a failed step would have given, and goes on with it. */
export function CompleteDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  const { t } = useLingui();
  const schema = run.failure?.output ?? {};
  const [text, setText] = useState(() => JSON.stringify(sampleOf(schema as JsonValue) ?? {}, null, 2));
  const [reason, setReason] = useState('');
  const complete = useOperation(run, onClose);
  const output = readJsonObject(text);
  const title = run.failure?.title ?? '';
  return (
    <Dialog onClose={onClose} title={t`Complete the step by hand`}>
      <DialogForm onSubmit={() => output && complete.mutate({ kind: 'complete', reason: reason.trim(), output })}>
        <p className="text2">
          <Trans>
            The run goes on as if “{title}” had given this. Nothing is sent or asked for by the step itself.
          </Trans>
        </p>
        <JsonField label={t`Output of the step`} value={text} onChange={setText} />
        <ReasonField value={reason} onChange={setReason} />
        <Refusal error={complete.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={complete.isPending}
            disabled={!output || reason.trim() === ''}
          >
            <Trans>Go on with it</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
