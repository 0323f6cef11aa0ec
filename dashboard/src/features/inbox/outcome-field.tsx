import { useLingui } from '@lingui/react/macro';
import { NumberInput } from '@mantine/core';
import type { Gate } from '../../../../contracts/api/gates.schema.ts';
import { formatMinor, minorDigits } from '../../ui/numbers.tsx';

type Field = Gate['outcomes'][number]['fields'][number];

/** A number that an outcome asks for; an amount of money is typed as people write it. `value` is whole, in minor units. */
export function OutcomeField(props: { field: Field; value: number | null; onChange: (value: number | null) => void }) {
  const { t, i18n } = useLingui();
  const { field, value, onChange } = props;
  const { label, min, max, currency } = field;
  const digits = currency === undefined ? 0 : minorDigits(currency);
  const words = (minor: number): string =>
    currency === undefined ? i18n.number(minor) : formatMinor(i18n.locale, minor, currency);
  const range = t`From ${words(min)} to ${words(max)}`;
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

/** Whether a number is one that the field takes. */
export function isWithin({ min, max }: Field, value: number | null | undefined): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
