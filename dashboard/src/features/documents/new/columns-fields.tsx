import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import { own } from '../../../../../contracts/core/json.ts';
import { planColumns, simplifyHeader } from '../../../../../domain/documents/columns.ts';
import classes from '../batches.module.css';
import type { CsvHead } from './csv-head.ts';
import { type BatchDraft, templateOf } from './draft.ts';

/** Which column of the file is what: found by its name, or chosen. */
export function ColumnsFields({
  draft,
  head,
  onChange,
}: {
  draft: BatchDraft;
  head: CsvHead;
  onChange: (change: Partial<BatchDraft>) => void;
}) {
  const { t } = useLingui();
  const template = templateOf(draft);
  const simple = head.header.map((header) => ({ value: simplifyHeader(header), label: header }));
  const planned =
    template && draft.key !== '' ? planColumns(head.header, template, { key: draft.key, map: draft.map }) : null;
  const problems = planned?.kind === 'refused' ? planned.problems : [];
  return (
    <div className={classes.fields}>
      <div className={classes.pair}>
        <NativeSelect
          label={t`Names the document`}
          description={t`Different in each row, such as a policy number`}
          data={[{ value: '', label: t`Choose a column` }, ...simple]}
          value={draft.key}
          onChange={(event) => onChange({ key: event.currentTarget.value })}
        />
        <NativeSelect
          label={t`Email address`}
          description={t`If the file has one`}
          data={[{ value: '', label: t`None` }, ...simple]}
          value={draft.email}
          onChange={(event) => onChange({ email: event.currentTarget.value })}
        />
      </div>
      {template && (
        <div className={classes.pair}>
          {Object.entries(template.columns).map(([name, spec]) => (
            <NativeSelect
              key={name}
              label={<code className="mono">{name}</code>}
              description={spec.required ? t`needed` : t`may be missing`}
              error={
                problems.find(({ path }) => path === `template.columns.${name}`)
                  ? t`No column has this name: choose one`
                  : null
              }
              data={[{ value: '', label: t`By its name` }, ...head.header]}
              value={own(draft.map, name) ?? ''}
              onChange={(event) => {
                const { [name]: _, ...others } = draft.map;
                const header = event.currentTarget.value;
                onChange({ map: header === '' ? others : { ...others, [name]: header } });
              }}
            />
          ))}
        </div>
      )}
      {planned?.kind === 'plan' && planned.plan.unused.length > 0 && (
        <p className="small text2">
          <Trans>Not used by the template: {planned.plan.unused.join(', ')}</Trans>
        </p>
      )}
      {problems
        .filter(({ path }) => !path.startsWith('template.columns.'))
        .map(({ message, hint }) => (
          <p key={message} className="small red">
            {message}. {hint}
          </p>
        ))}
    </div>
  );
}
