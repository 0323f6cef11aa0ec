import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Refusal } from '../../entities/answer/failed.tsx';
import classes from '../../features/documents/batches.module.css';
import { BriefFields } from '../../features/documents/new/brief-fields.tsx';
import { ColumnsFields } from '../../features/documents/new/columns-fields.tsx';
import { type CsvHead, readCsvHead } from '../../features/documents/new/csv-head.ts';
import { DraftSteps } from '../../features/documents/new/draft-steps.tsx';
import { brandOf, proposedKey, saidOf, templateOf } from '../../features/documents/new/draft.ts';
import { FormatFields } from '../../features/documents/new/format-fields.tsx';
import { hasPlace, Issues } from '../../features/documents/new/issues.tsx';
import { LimitsFields } from '../../features/documents/new/limits-fields.tsx';
import { RowsField } from '../../features/documents/new/rows-field.tsx';
import { StartLine } from '../../features/documents/new/start-line.tsx';
import { TemplateFields } from '../../features/documents/new/template-fields.tsx';
import { useDraft } from '../../features/documents/new/use-draft.ts';
import { useStartBatch } from '../../features/documents/new/use-start-batch.ts';
import { Page } from '../../frame/page.tsx';
import { Panel } from '../../ui/panel.tsx';

/** A CSV, a template and a brief become a batch. Nothing is spent before its estimate is approved. */
export function NewBatchPage() {
  const { t } = useLingui();
  const { draft: typed, change } = useDraft();
  const [file, setFile] = useState<File | null>(null);
  const [head, setHead] = useState<CsvHead | null>(null);
  const draft = { ...typed, key: typed.key || proposedKey(templateOf(typed), head) };
  const start = useStartBatch(draft, file, head);
  const take = async (chosen: File): Promise<void> => {
    setFile(chosen);
    if (draft.name === '') change({ name: chosen.name.replace(/\.csv$/i, '') });
    const read = await readCsvHead(chosen);
    setHead(read);
    change({ encoding: '', separator: '', decimal: read.format.decimal ?? '' });
  };
  const read = async (said: Pick<typeof draft, 'encoding' | 'separator' | 'decimal'>): Promise<void> => {
    change(said);
    if (file) setHead(await readCsvHead(file, saidOf({ ...draft, ...said })));
  };
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
        <DraftSteps steps={steps} />
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            start.mutate();
          }}
        >
          <div id="rows">
            <Panel title={<Trans>Rows</Trans>}>
              {draft.mends !== '' && (
                <p className={`${classes.fields} small`}>
                  <span>
                    <Trans>
                      Choose the errors.csv of the earlier batch with its rows mended. A row that has its letter already
                      is refused.
                    </Trans>{' '}
                    <button type="button" className="link" onClick={() => change({ mends: '' })}>
                      <Trans>Start a batch of its own instead</Trans>
                    </button>
                  </span>
                </p>
              )}
              <RowsField file={file} head={head} onFile={(chosen) => void take(chosen)}>
                {head && <FormatFields draft={draft} head={head} onChange={(said) => void read(said)} />}
              </RowsField>
              <Issues error={start.error} part="rows" />
            </Panel>
          </div>
          <div id="template">
            <Panel title={<Trans>Template</Trans>}>
              <TemplateFields draft={draft} onChange={change} />
              <Issues error={start.error} part="template" />
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
              <Issues error={start.error} part="columns" />
            </Panel>
          </div>
          <div id="brief">
            <Panel title={<Trans>Brief and sender</Trans>}>
              <BriefFields draft={draft} onChange={change} />
              <Issues error={start.error} part="brief" />
            </Panel>
          </div>
          <div id="limits">
            <Panel title={<Trans>Name and limits</Trans>}>
              <LimitsFields draft={draft} onChange={change} />
              <Issues error={start.error} part="limits" />
            </Panel>
          </div>
          {!hasPlace(start.error) && <Refusal error={start.error} />}
          <StartLine missing={missing} isBusy={start.isPending} />
        </form>
      </div>
    </Page>
  );
}
