import { useLingui } from '@lingui/react/macro';
import { TextInput, type TextInputProps } from '@mantine/core';

/** The address by which a member is known. */
export function EmailField({
  value,
  onChange,
  autoFocus = false,
}: Pick<TextInputProps, 'autoFocus'> & { value: string; onChange(value: string): void }) {
  const { t } = useLingui();
  return (
    <TextInput
      label={t`Email`}
      type="email"
      autoComplete="username"
      required
      withAsterisk={false}
      autoFocus={autoFocus}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
