import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ReviewMode } from '../../../../contracts/documents/batch.schema.ts';
import { Brand } from '../../../../contracts/documents/template.schema.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import classes from '../../features/documents/batches.module.css';
import { ColumnsFields } from '../../features/documents/new/columns-fields.tsx';
import { type CsvHead, readCsvHead } from '../../features/documents/new/csv-head.ts';
import { brandOf, readJson, templateOf } from '../../features/documents/new/draft.ts';
import { RowsField } from '../../features/documents/new/rows-field.tsx';
import { TemplateFields } from '../../features/documents/new/template-fields.tsx';
import { useDraft } from '../../features/documents/new/use-draft.ts';
import { useStartBatch } from '../../features/documents/new/use-start-batch.ts';
import { Page } from '../../frame/page.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Panel } from '../../ui/panel.tsx';

/** A CSV, a template and a brief become a batch. Nothing is spent before its estimate is approved. */
export function NewBatchPage() {
  const { t } = useLingui();
  const { draft, change } = useDraft();
  const [file, setFile] = useState<File | null>(null);
  const [head, setHead] = useState<CsvHead | null>(null);
  const start = useStartBatch(draft, file);
  const take = async (chosen: File): Promise<void> => {
    setFile(chosen);
    if (draft.name === '') change({ name: chosen.name.replace(/\.csv$/i, '') });
    setHead(await readCsvHead(chosen));
  };
  const brand = readJson(Brand, draft.brand);
  const steps = [
    { id: 'rows', label: t`Rows`, isDone: file !== null },
    { id: 'template', label: t`Template`, isDone: templateOf(draft) !== null },
    { id: 'columns', label: t`Columns`, isDone: draft.key !== '' },
    { id: 'brief', label: t`Brief and sender`, isDone: draft.brief.trim() !== '' && brandOf(draft) !== null },
    { id: 'limits', label: t`Name and limits`, isDone: draft.name.trim() !== '' && Number(draft.budget) > 0 },
  ];
  const missing = steps.filter(({ isDone }) => !isDone).map(({ label }) => label);
  return (
    <Page
      name={t`New batch`}
      crumbs={[
        <Link key="batches" to="/batches">
          <Trans>Batches</Trans>
        </Link>,
      ]}
    >
      <div className={classes.new}>
        <nav aria-label={t`Steps`}>
          <ol className={classes.steps}>
            {steps.map(({ id, label, isDone }, index) => (
              <li key={id}>
                <a href={`#${id}`}>
                  <span className={classes.dot} data-done={isDone}>
                    {isDone ? <Icon name="check" size={12} /> : index + 1}
                  </span>
                  {label}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            start.mutate();
          }}
        >
          <div id="rows">
            <Panel title={<Trans>Rows</Trans>}>
              <RowsField file={file} head={head} onFile={(chosen) => void take(chosen)} />
            </Panel>
          </div>
          <div id="template">
            <Panel title={<Trans>Template</Trans>}>
              <TemplateFields draft={draft} onChange={change} />
            </Panel>
          </div>
          <div id="columns">
            <Panel title={<Trans>Columns</Trans>}>
              {head ? (
                <ColumnsFields draft={draft} head={head} onChange={change} />
              ) : (
                <p className={`${classes.fields} text2`}>
                  <Trans>Choose the rows first.</Trans>
                </p>
              )}
            </Panel>
          </div>
          <div id="brief">
            <Panel title={<Trans>Brief and sender</Trans>}>
              <div className={classes.fields}>
                <Textarea
                  label={t`Brief`}
                  description={t`What these documents are for and what they must say; the model reads it each time`}
                  value={draft.brief}
                  onChange={(event) => change({ brief: event.currentTarget.value })}
                  maxLength={20_000}
                  autosize
                  minRows={4}
                  maxRows={14}
                />
                <Textarea
                  label={t`Sender as JSON`}
                  description={t`Name, colours, address, voice`}
                  value={draft.brand}
                  onChange={(event) => change({ brand: event.currentTarget.value })}
                  error={brand.problem}
                  autosize
                  minRows={3}
                  maxRows={12}
                  styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
                />
              </div>
            </Panel>
          </div>
          <div id="limits">
            <Panel title={<Trans>Name and limits</Trans>}>
              <div className={classes.fields}>
                <div className={classes.pair}>
                  <TextInput
                    label={t`Name of the batch`}
                    value={draft.name}
                    onChange={(event) => change({ name: event.currentTarget.value })}
                    maxLength={200}
                  />
                  <NumberInput
                    label={t`Budget in dollars`}
                    description={t`The batch pauses before it spends more`}
                    value={draft.budget}
                    onChange={(value) => change({ budget: String(value) })}
                    min={0.01}
                    decimalScale={2}
                  />
                  <TextInput
                    label={t`Model`}
                    value={draft.model}
                    onChange={(event) => change({ model: event.currentTarget.value })}
                  />
                  <TextInput
                    label={t`Language`}
                    description={t`Such as en or de-AT`}
                    value={draft.language}
                    onChange={(event) => change({ language: event.currentTarget.value })}
                  />
                  <NativeSelect
                    label={t`A person looks at`}
                    data={[
                      { value: 'flagged', label: t`those that a check has flagged` },
                      { value: 'all', label: t`all of them` },
                      { value: 'none', label: t`none; flagged ones are skipped` },
                    ]}
                    value={draft.review}
                    onChange={(event) => change({ review: ReviewMode.parse(event.currentTarget.value) })}
                  />
                </div>
              </div>
            </Panel>
          </div>
          <Refusal error={start.error} />
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'center' }}>
            <Button type="submit" variant="filled" loading={start.isPending} disabled={missing.length > 0}>
              <Trans>Make the estimate</Trans>
            </Button>
            <span className="small text2" role="status">
              {missing.length > 0 ? (
                <Trans>Still missing: {missing.join(', ')}</Trans>
              ) : (
                <Trans>→ rows and prompts are counted; nothing is spent before you approve the estimate</Trans>
              )}
            </span>
          </div>
        </form>
      </div>
    </Page>
  );
}
