import { useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import { FileEncoding } from '../../../../../contracts/documents/batch.schema.ts';
import classes from '../batches.module.css';
import type { CsvHead } from './csv-head.ts';
import type { BatchDraft } from './draft.ts';

/** How the file is written: what was found, and what is said instead. The first rows show at once whether it is right. */
export function FormatFields({
  draft: { encoding, separator, decimal },
  head: { format },
  onChange,
}: {
  draft: BatchDraft;
  head: CsvHead;
  onChange: (change: Pick<BatchDraft, 'encoding' | 'separator' | 'decimal'>) => void;
}) {
  const { t } = useLingui();
  const said = { encoding, separator, decimal };
  const separators: Record<string, string> = { ',': t`Comma`, ';': t`Semicolon`, '\t': t`Tab`, '|': t`Bar` };
  const amounts = { '': t`1234.50, nothing between thousands`, '.': t`1,234.50`, ',': t`1.234,50` };
  const foundEncoding = format.encoding.toUpperCase();
  const foundSeparator = separators[format.separator] ?? format.separator;
  return (
    <div className={classes.pair}>
      <NativeSelect
        label={t`Letters`}
        data={[
          { value: '', label: encoding === '' ? t`Found: ${foundEncoding}` : t`Find it` },
          ...FileEncoding.options.map((value) => ({ value, label: value })),
        ]}
        value={encoding}
        onChange={({ currentTarget: { value } }) => {
          onChange({ ...said, encoding: FileEncoding.options.find((each) => each === value) ?? '' });
        }}
      />
      <NativeSelect
        label={t`Between the columns`}
        data={[
          { value: '', label: separator === '' ? t`Found: ${foundSeparator}` : t`Find it` },
          ...Object.entries(separators).map(([value, label]) => ({ value, label })),
        ]}
        value={separator}
        onChange={({ currentTarget: { value } }) => onChange({ ...said, separator: value as BatchDraft['separator'] })}
      />
      <NativeSelect
        label={t`Amounts are written as`}
        description={
          format.decimal === null || format.decimal === decimal
            ? undefined
            : t`The first rows look like ${amounts[format.decimal]}`
        }
        data={Object.entries(amounts).map(([value, label]) => ({ value, label }))}
        value={decimal}
        onChange={({ currentTarget: { value } }) => onChange({ ...said, decimal: value as BatchDraft['decimal'] })}
      />
    </div>
  );
}
