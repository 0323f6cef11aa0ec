import { useLingui } from '@lingui/react/macro';
import { NativeSelect, TextInput } from '@mantine/core';
import classes from './edit.module.css';
import type { Span, SpanUnit } from './span.ts';

/** Asks for a length of time: a count and its unit. */
export function SpanField(props: {
  label: string;
  description: string;
  value: Span;
  error: string | false;
  onChange: (span: Span) => void;
}) {
  const { t } = useLingui();
  const { label, description, value, error, onChange } = props;
  const units: Record<SpanUnit, string> = {
    seconds: t`seconds`,
    minutes: t`minutes`,
    hours: t`hours`,
    days: t`days`,
    weeks: t`weeks`,
    iso: t`as ISO 8601`,
  };
  // Seconds are for tests and demos; what one unit cannot say is there only where it is stored so.
  const offered = (Object.keys(units) as SpanUnit[]).filter(
    (unit) => unit === value.unit || (unit !== 'iso' && unit !== 'seconds'),
  );
  return (
    <div className={classes.span}>
      <TextInput
        label={label}
        description={description}
        inputMode={value.unit === 'iso' ? 'text' : 'numeric'}
        value={value.count}
        error={error}
        onChange={(event) => onChange({ ...value, count: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={t`Unit of “${label}”`}
        value={value.unit}
        data={offered.map((unit) => ({ value: unit, label: units[unit] }))}
        onChange={(event) => onChange({ ...value, unit: event.currentTarget.value as SpanUnit })}
      />
    </div>
  );
}
