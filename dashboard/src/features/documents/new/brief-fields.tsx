import { useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import { Brand } from '../../../../../contracts/documents/template.schema.ts';
import classes from '../batches.module.css';
import { type BatchDraft, readJson } from './draft.ts';

/** What the documents are for, and who sends them. */
export function BriefFields({
  draft,
  onChange,
}: {
  draft: BatchDraft;
  onChange: (change: Partial<BatchDraft>) => void;
}) {
  const { t } = useLingui();
  const brand = readJson(Brand, draft.brand);
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
      <Textarea
        label={t`Sender as JSON`}
        description={t`Name, colours, address, voice`}
        value={draft.brand}
        onChange={(event) => onChange({ brand: event.currentTarget.value })}
        error={brand.problem}
        autosize
        minRows={3}
        maxRows={12}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
      />
    </div>
  );
}
