import { useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import classes from '../batches.module.css';
import type { BatchDraft } from './draft.ts';
import { SenderFields } from './sender-fields.tsx';

/** What the documents are for, and who sends them. */
export function BriefFields({
  draft,
  onChange,
}: {
  draft: BatchDraft;
  onChange: (change: Partial<BatchDraft>) => void;
}) {
  const { t } = useLingui();
  return (
    <div className={classes.fields}>
      <Textarea
        label={t`Brief`}
        description={t`What these documents are for and what they must say; the model reads it each time`}
        value={draft.brief}
        onChange={(event) => onChange({ brief: event.currentTarget.value })}
        maxLength={20_000}
        autosize
        minRows={4}
        maxRows={14}
      />
      <SenderFields brand={draft.brand} onChange={(brand) => onChange({ brand })} />
    </div>
  );
}
