import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { WithdrawalPolicy } from '../../../../../contracts/courses/course.schema.ts';
import { Icon } from '../../../ui/icons.tsx';
import classes from './edit.module.css';
import type { RefundRow } from './run-draft.ts';
import type { DraftPart } from './run-fields.tsx';
import { SpanField } from './span-field.tsx';

const { anchor, blockers, fee, whileDeciding } = WithdrawalPolicy.shape;

/** What a learner who withdraws gets back. */
export function TermsFields({ draft, onChange, problemAt }: DraftPart) {
  const { t } = useLingui();
  return (
    <div className={classes.fields}>
      <TextInput
        label={t`Where these terms are written`}
        description={t`A link, or the name of the document; learners see it beside their refund`}
        value={draft.source}
        error={problemAt('withdrawal.source')}
        onChange={(event) => onChange({ source: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <SpanField
          label={t`All comes back for`}
          description={t`Whole days of the run’s zone`}
          value={draft.fullRefund}
          error={problemAt('withdrawal.fullRefundWithin')}
          onChange={(fullRefund) => onChange({ fullRefund })}
        />
        <NativeSelect
          label={t`Counted from`}
          description={t`A run without a start counts from the enrollment`}
          value={draft.anchor}
          data={[
            { value: 'enrollment', label: t`the enrollment` },
            { value: 'start', label: t`the start of the run` },
            { value: 'laterOfBoth', label: t`the later of both` },
          ]}
          onChange={(event) => onChange({ anchor: anchor.parse(event.currentTarget.value) })}
        />
      </div>
      <RefundRows rows={draft.rows} error={problemAt('withdrawal.proRata')} onChange={(rows) => onChange({ rows })} />
      <Checkbox.Group
        label={t`Nothing comes back once the learner has`}
        value={[...draft.blockers]}
        onChange={(names) => onChange({ blockers: blockers.parse(names) })}
      >
        <div className={classes.tools}>
          <Checkbox value="completed" label={t`completed the course`} mt="xs" />
          <Checkbox value="passed" label={t`passed it`} mt="xs" />
        </div>
      </Checkbox.Group>
      <div className={classes.pair}>
        <TextInput
          label={t`Fee that is kept back`}
          description={t`Never more than the refund`}
          inputMode="decimal"
          value={draft.fee}
          error={problemAt('withdrawal.fee')}
          onChange={(event) => onChange({ fee: event.currentTarget.value })}
        />
        <NativeSelect
          label={t`Kept back from`}
          description={t`Which refunds it makes smaller`}
          value={draft.feeOn}
          data={[
            { value: 'both', label: t`every refund` },
            { value: 'full', label: t`a full refund` },
            { value: 'proRata', label: t`a refund of a part` },
          ]}
          onChange={(event) => onChange({ feeOn: fee.shape.on.parse(event.currentTarget.value) })}
        />
        <SpanField
          label={t`A person decides within`}
          description={t`Then the refund counts as approved`}
          value={draft.decide}
          error={problemAt('withdrawal.decideWithin')}
          onChange={(decide) => onChange({ decide })}
        />
        <NativeSelect
          label={t`Until then the learner has`}
          description={t`Who keeps access can still complete the course`}
          value={draft.whileDeciding === '' ? 'noAccess' : draft.whileDeciding}
          data={[
            { value: 'noAccess', label: t`no access` },
            { value: 'access', label: t`access` },
          ]}
          onChange={(event) => onChange({ whileDeciding: whileDeciding.parse(event.currentTarget.value) ?? '' })}
        />
      </div>
    </div>
  );
}

function RefundRows(props: {
  rows: readonly RefundRow[];
  error: string | false;
  onChange: (rows: readonly RefundRow[]) => void;
}) {
  const { t } = useLingui();
  const { rows, error, onChange } = props;
  const change = (at: number, part: Partial<RefundRow>): void =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <fieldset className={classes.rows}>
      <legend className="small medium">
        <Trans>After that a part comes back</Trans>
      </legend>
      {rows.length === 0 && (
        <p className="small text2">
          <Trans>Nothing comes back after that.</Trans>
        </p>
      )}
      {rows.map((row, index) => (
        <div key={index} className={classes.row}>
          <TextInput
            label={t`Up to so much of the course done, in %`}
            inputMode="decimal"
            value={row.upTo}
            onChange={(event) => change(index, { upTo: event.currentTarget.value })}
          />
          <TextInput
            label={t`Comes back, in % (or: unused)`}
            value={row.refund}
            onChange={(event) => change(index, { refund: event.currentTarget.value.trim() })}
          />
          <ActionIcon
            variant="default"
            size={34}
            aria-label={t`Remove row ${index + 1}`}
            onClick={() => onChange(rows.filter((_, other) => other !== index))}
          >
            <Icon name="cross" size={14} />
          </ActionIcon>
        </div>
      ))}
      {error && (
        <p className="small red" role="alert">
          {error}
        </p>
      )}
      <Button size="xs" onClick={() => onChange([...rows, { upTo: '', refund: 'unused' }])}>
        <Trans>Add a row</Trans>
      </Button>
    </fieldset>
  );
}
