import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { documentTemplatesQuery, fetchDocumentTemplate } from '../../../api/templates.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Icon } from '../../../ui/icons.tsx';
import classes from '../batches.module.css';
import { type BatchDraft, readTemplate, type TemplateFault } from './draft.ts';

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
  const { value, faults } = readTemplate(draft.template);
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
      {draft.template !== '' && !value && <Faults faults={faults} />}
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

/** Why a file is no template. */
function Faults({ faults }: { faults: readonly TemplateFault[] }) {
  if (faults.length === 0)
    return (
      <p className="small red" role="alert">
        <Trans>This file is no template: a template is JSON.</Trans>
      </p>
    );
  return (
    <div className="small red" role="alert">
      <Trans>This file is no template that can be used:</Trans>
      <ul>
        {faults.map(({ place, what }) => (
          <li key={`${place} ${what}`}>
            <code className="mono">{place}</code>{' '}
            {what === 'missing' ? (
              <Trans>is missing</Trans>
            ) : what === 'unknown' ? (
              <Trans>is nothing that a template has</Trans>
            ) : (
              <Trans>is not as a template has it</Trans>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
