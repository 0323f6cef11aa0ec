import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect, TextInput } from '@mantine/core';
import { limitFields, outputModes } from '../../../../../contracts/models/profile.ts';
import type { ModelValues } from './model-fields.ts';
import classes from './models.module.css';

/** What is found out by asking, where an admin knows better. */
export function DialectFields(props: { values: ModelValues; onChange: (change: Partial<ModelValues>) => void }) {
  const { t } = useLingui();
  const { values, onChange } = props;
  const fields = [
    { name: 'model', label: t`Its name there`, isNumber: false },
    { name: 'context', label: t`Context, in tokens`, isNumber: true },
    { name: 'maxOutput', label: t`Longest answer, in tokens`, isNumber: true },
    { name: 'thinking', label: t`Room for thoughts, in tokens`, isNumber: true },
    { name: 'effort', label: t`Effort, in its own words`, isNumber: false },
  ] as const;
  const choices = [
    { name: 'output', label: t`How an answer is asked for`, of: outputModes },
    { name: 'limit', label: t`What bounds an answer`, of: limitFields },
  ] as const;
  return (
    <details className={classes.more}>
      <summary>
        <Trans>What else is known; the rest is found out</Trans>
      </summary>
      <div className={classes.pair}>
        {fields.map(({ name, label, isNumber }) => (
          <TextInput
            key={name}
            label={label}
            value={values[name]}
            onChange={({ currentTarget: { value } }) => onChange({ [name]: value })}
            maxLength={200}
            {...(isNumber ? { inputMode: 'numeric' as const } : {})}
          />
        ))}
        {choices.map(({ name, label, of }) => (
          <NativeSelect
            key={name}
            label={label}
            value={values[name]}
            onChange={({ currentTarget: { value } }) => onChange({ [name]: value })}
            data={[{ value: '', label: t`Found out` }, ...of.map((each) => ({ value: each, label: each }))]}
          />
        ))}
      </div>
    </details>
  );
}
