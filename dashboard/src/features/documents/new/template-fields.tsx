import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { DocumentTemplate } from '../../../../../contracts/documents/template.schema.ts';
import { documentTemplatesQuery, fetchDocumentTemplate } from '../../../api/templates.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Icon } from '../../../ui/icons.tsx';
import classes from '../batches.module.css';
import { type BatchDraft, readJson } from './draft.ts';

/** The template: one that is stored, or its JSON from a file. */
export function TemplateFields({
  draft,
  onChange,
}: {
  draft: BatchDraft;
  onChange: (change: Partial<BatchDraft>) => void;
}) {
  const { t } = useLingui();
  const input = useRef<HTMLInputElement>(null);
  const { data } = useInfiniteQuery(documentTemplatesQuery);
  const stored = data?.pages.flatMap(({ items }) => items) ?? [];
  const { value, problem } = readJson(DocumentTemplate, draft.template);
  const take = useMutation({
    mutationFn: fetchDocumentTemplate,
    onSuccess: ({ content }) => onChange({ template: JSON.stringify(content, null, 2) }),
  });
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        {stored.length > 0 && (
          <NativeSelect
            label={t`A stored template`}
            data={[
              { value: '', label: t`Choose one` },
              ...stored.map(({ slug, version }) => ({ value: slug, label: `${slug}, v${version}` })),
            ]}
            onChange={(event) => {
              if (event.currentTarget.value !== '') take.mutate(event.currentTarget.value);
            }}
          />
        )}
        <div className={classes.low}>
          <Button leftSection={<Icon name="up" size={14} />} onClick={() => input.current?.click()}>
            <Trans>Take it from a file</Trans>
          </Button>
          <input
            ref={input}
            type="file"
            accept=".json,application/json"
            className="hidden"
            tabIndex={-1}
            aria-label={t`Template (JSON)`}
            onChange={(event) => {
              void event.currentTarget.files?.[0]?.text().then((template) => onChange({ template }));
            }}
          />
        </div>
      </div>
      <Refusal error={take.error} />
      <Textarea
        label={t`The template as JSON`}
        value={draft.template}
        onChange={(event) => onChange({ template: event.currentTarget.value })}
        error={draft.template !== '' && problem ? problem : null}
        autosize
        minRows={3}
        maxRows={10}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
      />
      {value && (
        <p className="small text2">
          <Icon name="check" size={13} color="var(--green)" />{' '}
          <Trans>
            {value.name}: {Object.keys(value.columns).length} columns, {Object.keys(value.slots).length} passages that
            the model writes, {Object.keys(value.locked).length} locked
          </Trans>
        </p>
      )}
    </div>
  );
}
