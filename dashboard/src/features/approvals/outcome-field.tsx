import { useLingui } from '@lingui/react/macro';
import { NumberInput } from '@mantine/core';
import { minorDigits } from '../../../../domain/words/amounts.ts';
import { isWithin } from '../../../../domain/approvals/validate-decision.ts';
import { type Field, fieldWords } from './field-words.ts';

/** A number that an outcome asks for; an amount of money is typed as people write it. `value` is whole, in minor units. */
export function OutcomeField(props: { field: Field; value: number | null; onChange: (value: number | null) => void }) {
  const { t, i18n } = useLingui();
  const { field, value, onChange } = props;
  const { label, min, max, currency } = field;
  const digits = currency === undefined ? 0 : minorDigits(currency);
  const least = fieldWords(i18n, field, min);
  const most = fieldWords(i18n, field, max);
  const range = t`From ${least} to ${most}`;
  return (
    <NumberInput
      label={currency === undefined ? label : t`Amount in ${currency}`}
      description={range}
      error={value !== null && !isWithin(field, value) ? range : undefined}
      value={value === null ? '' : value / 10 ** digits}
      allowDecimal={digits > 0}
      decimalScale={digits}
      clampBehavior="none"
      onChange={(typed) => onChange(typed === '' ? null : Math.round(Number(typed) * 10 ** digits))}
      required
    />
  );
}
