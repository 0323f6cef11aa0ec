import { useLingui } from '@lingui/react/macro';
import { NativeSelect, TextInput } from '@mantine/core';
import { type ModelValues, priceChoices } from './model-fields.ts';
import { priceWords } from './model-words.ts';
import classes from './models.module.css';

/** What a model costs, in US dollars for a million tokens. */
export function PriceFields(props: { values: ModelValues; onChange: (change: Partial<ModelValues>) => void }) {
  const { t, i18n } = useLingui();
  const { values, onChange } = props;
  const prices = [
    { name: 'input', label: t`Prompt`, isNeeded: true },
    { name: 'cachedInput', label: t`Cached prompt`, isNeeded: false },
    { name: 'outputPrice', label: t`Answer`, isNeeded: true },
  ] as const;
  return (
    <>
      <NativeSelect
        label={t`Price`}
        description={t`In US dollars for a million tokens`}
        value={values.price}
        onChange={({ currentTarget: { value } }) =>
          onChange({ price: priceChoices.find((each) => each === value) ?? 'shipped' })
        }
        data={priceChoices.map((each) => ({ value: each, label: i18n._(priceWords[each]) }))}
      />
      {values.price === 'given' && (
        <div className={classes.pair}>
          {prices.map(({ name, label, isNeeded }) => (
            <TextInput
              key={name}
              label={label}
              value={values[name]}
              onChange={({ currentTarget: { value } }) => onChange({ [name]: value })}
              inputMode="decimal"
              required={isNeeded}
            />
          ))}
          <TextInput
            label={t`As of`}
            type="date"
            value={values.date}
            onChange={({ currentTarget: { value } }) => onChange({ date: value })}
            required
          />
        </div>
      )}
    </>
  );
}
