import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Kbd } from '../../../ui/keys/kbd.tsx';
import { useKeys } from '../../../ui/keys/keys.tsx';
import { WordDiff } from '../../../ui/text/word-diff.tsx';
import classes from '../batches.module.css';
import { useRedraft } from './use-redraft.ts';

type Answers = NonNullable<DocumentDetail['answers']>;

/** The passages of a letter as fields, each with what was changed in it. A list has one item a line. The checks look at it before it counts. */
export function EditText({ document, onClose }: { document: DocumentDetail; onClose: () => void }) {
  const { t } = useLingui();
  const [before] = useState(document.answers ?? {});
  const [texts, setTexts] = useState(() => textsOf(before));
  const redraft = useRedraft(document);
  const after = answersOf(texts, before);
  const isChanged = JSON.stringify(after) !== JSON.stringify(before);
  const save = (): void => {
    if (isChanged && !redraft.isPending) redraft.mutate({ kind: 'edited', answers: after }, { onSuccess: onClose });
  };
  useKeys([
    { keys: 'mod+Enter', label: t`Have the change checked`, run: save },
    { keys: 'Escape', label: t`Leave the text as it was`, run: onClose },
  ]);
  return (
    <form
      className={classes.edit}
      aria-label={t`Change the text`}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // The page does not leave the review by the same key.
        event.preventDefault();
        onClose();
      }}
    >
      {Object.entries(texts).map(([slot, text], at) => (
        <div key={slot}>
          <Textarea
            label={slot}
            description={Array.isArray(before[slot]) ? t`One item a line` : undefined}
            autosize
            minRows={2}
            value={text}
            data-autofocus={at === 0 || undefined}
            autoFocus={at === 0}
            onChange={({ currentTarget: { value } }) => setTexts((now) => ({ ...now, [slot]: value }))}
          />
          {text !== textsOf(before)[slot] && (
            <p className={`small ${classes.change}`}>
              <WordDiff before={textsOf(before)[slot] ?? ''} after={text} />
            </p>
          )}
        </div>
      ))}
      <div className={classes.choice}>
        <Button
          type="submit"
          variant="filled"
          disabled={!isChanged}
          loading={redraft.isPending}
          rightSection={<Kbd keys="mod+Enter" />}
        >
          <Trans>Check the change</Trans>
        </Button>
        <Button onClick={onClose} rightSection={<Kbd keys="Esc" />}>
          <Trans>Leave it as it was</Trans>
        </Button>
        <span className="small text2">
          <Trans>Your words are checked as the model’s were; then they are approved or taken out.</Trans>
        </span>
      </div>
      {redraft.error && <Refusal error={redraft.error} />}
    </form>
  );
}

function textsOf(answers: Answers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answers).map(([slot, answer]) => [slot, Array.isArray(answer) ? answer.join('\n') : answer]),
  );
}

function answersOf(texts: Readonly<Record<string, string>>, before: Answers): Answers {
  return Object.fromEntries(
    Object.entries(texts).map(([slot, text]) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      return [slot, Array.isArray(before[slot]) ? lines : text];
    }),
  );
}
