import { useLingui } from '@lingui/react/macro';
import { NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { type Field, fieldWords } from './connection-words.ts';

type Values = Readonly<Record<string, string>>;
type ConnectionFieldProps = { field: Field; value: string; onChange: (value: string) => void };

/** One of the things that a kind of credentials asks for. */
export function ConnectionField({ field, value, onChange }: ConnectionFieldProps) {
  const { t, i18n } = useLingui();
  const { name, isHidden, isOptional, isLong, isNumber, choices } = field;
  const words = fieldWords[name];
  const shared = {
    label: words ? i18n._(words) : name,
    value,
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value),
    required: !isOptional,
  };
  if (choices) {
    const data = Object.entries(choices).map(([choice, label]) => ({ value: choice, label: i18n._(label) }));
    return <NativeSelect {...shared} data={data} />;
  }
  const typed = { ...shared, autoComplete: 'off' };
  if (isLong) return <Textarea {...typed} rows={4} maxLength={10_000} />;
  if (isHidden)
    return (
      <PasswordInput {...typed} maxLength={10_000} visibilityToggleButtonProps={{ 'aria-label': t`Show or hide it` }} />
    );
  return <TextInput {...typed} maxLength={2_000} {...(isNumber ? { type: 'number', min: 1 } : {})} />;
}

/** What a field has by now: of a choice the first, until it is made. */
export function valueOf({ name, choices }: Field, values: Values): string {
  return values[name] ?? (choices ? (Object.keys(choices)[0] ?? '') : '');
}

/** What the fields come to: without those that are empty. */
export function givenOf(fields: readonly Field[], values: Values): Record<string, string | number> {
  const filled = fields
    .map((field) => [field, valueOf(field, values).trim()] as const)
    .filter(([, value]) => value !== '');
  return Object.fromEntries(filled.map(([{ name, isNumber }, value]) => [name, isNumber ? Number(value) : value]));
}
