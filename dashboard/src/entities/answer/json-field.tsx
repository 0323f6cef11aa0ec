import { useLingui } from '@lingui/react/macro';
import { Textarea } from '@mantine/core';
import type { ReactNode } from 'react';

/** A JSON object written as text; says so where it is none. */
export function JsonField(props: {
  label: string;
  description?: ReactNode;
  value: string;
  onChange: (text: string) => void;
  minRows?: number;
  maxRows?: number;
}) {
  const { t } = useLingui();
  const { onChange, value, minRows = 3, maxRows = 12, ...words } = props;
  return (
    <Textarea
      {...words}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={readJsonObject(value) ? null : t`This is no JSON object`}
      autosize
      minRows={minRows}
      maxRows={maxRows}
      styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
    />
  );
}

/** The object that a text is as JSON; null where it is none. */
export function readJsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
