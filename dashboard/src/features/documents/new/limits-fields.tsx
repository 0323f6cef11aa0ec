import { useLingui } from '@lingui/react/macro';
import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { ReviewMode } from '../../../../../contracts/documents/batch.schema.ts';
import classes from '../batches.module.css';
import type { BatchDraft } from './draft.ts';

/** What the batch is called, what it may spend, on which model, and what a person looks at. */
export function LimitsFields({
  draft,
  onChange,
}: {
  draft: BatchDraft;
  onChange: (change: Partial<BatchDraft>) => void;
}) {
  const { t } = useLingui();
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        <TextInput
          label={t`Name of the batch`}
          value={draft.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          maxLength={200}
        />
        <NumberInput
          label={t`Budget in dollars`}
          description={t`The batch pauses before it spends more`}
          value={draft.budget}
          onChange={(value) => onChange({ budget: String(value) })}
          min={0.01}
          decimalScale={2}
        />
        <TextInput
          label={t`Model`}
          description={t`The installation’s, where nothing is said`}
          value={draft.model}
          onChange={(event) => onChange({ model: event.currentTarget.value })}
        />
        <TextInput
          label={t`Other models`}
          description={t`They write, in this order, where that one is down or refuses; with commas between, three at most`}
          value={draft.others}
          onChange={(event) => onChange({ others: event.currentTarget.value })}
        />
        <TextInput
          label={t`Language`}
          description={t`Such as en or de-AT`}
          value={draft.language}
          onChange={(event) => onChange({ language: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t`Date of the letters`}
          description={t`Today, where nothing is said`}
          value={draft.date}
          onChange={(event) => onChange({ date: event.currentTarget.value })}
        />
        <NativeSelect
          label={t`A person looks at`}
          data={[
            { value: 'flagged', label: t`those that a check has flagged` },
            { value: 'all', label: t`all of them` },
            { value: 'none', label: t`none; flagged ones are skipped` },
          ]}
          value={draft.review}
          onChange={(event) => onChange({ review: ReviewMode.parse(event.currentTarget.value) })}
        />
      </div>
    </div>
  );
}
