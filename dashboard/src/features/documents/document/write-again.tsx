import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { draftsQuery } from '../../../api/batches.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Kbd } from '../../../ui/keys/kbd.tsx';
import { useKeys } from '../../../ui/keys/keys.tsx';
import classes from '../batches.module.css';
import { useRedraft } from './use-redraft.ts';

/** A note for the model, which writes the passages again. The text of now stays among the document's texts. */
export function WriteAgain({ document, onClose }: { document: DocumentDetail; onClose: () => void }) {
  const { t } = useLingui();
  const [note, setNote] = useState('');
  const redraft = useRedraft(document);
  const left = useQuery(draftsQuery(document.id)).data?.regenerationsLeft;
  const send = (): void => {
    if (note.trim() !== '' && !redraft.isPending)
      redraft.mutate({ kind: 'regenerated', note: note.trim() }, { onSuccess: onClose });
  };
  useKeys([
    { keys: 'mod+Enter', label: t`Have it written again`, run: send },
    { keys: 'Escape', label: t`Leave the text as it is`, run: onClose },
  ]);
  return (
    <form
      className={classes.decide}
      aria-label={t`Have it written again`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // The page does not leave the review by the same key.
        event.preventDefault();
        onClose();
      }}
    >
      <Textarea
        className={classes.note}
        label={t`What should be different?`}
        autosize
        autoFocus
        maxLength={2_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="filled"
        disabled={note.trim() === '' || left === 0}
        loading={redraft.isPending}
        rightSection={<Kbd keys="mod+Enter" />}
      >
        <Trans>Have it written again</Trans>
      </Button>
      <Button onClick={onClose} rightSection={<Kbd keys="Esc" />}>
        <Trans>Leave it as it is</Trans>
      </Button>
      <span className="small text2" role="status">
        {left === 0 ? (
          <Trans>The model has written it as often as it may; change the text yourself.</Trans>
        ) : (
          <Trans>It costs one more call, is checked, and comes back here.</Trans>
        )}
      </span>
      {redraft.error && <Refusal error={redraft.error} />}
    </form>
  );
}
