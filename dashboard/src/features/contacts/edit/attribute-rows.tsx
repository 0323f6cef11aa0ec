import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { Icon } from '../../../ui/icons.tsx';
import classes from '../people.module.css';
import { type AttributeKind, type AttributeRow, textRow } from './person-draft.ts';

/** What is known of a person beside their address: a name, a kind and a value a row; `wrong` is the row that cannot be sent. */
export function AttributeRows(props: {
  rows: readonly AttributeRow[];
  wrong: AttributeRow | null;
  onChange: (rows: readonly AttributeRow[]) => void;
}) {
  const { rows, wrong, onChange } = props;
  const change = (key: string, part: Partial<AttributeRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <fieldset className={classes.attributes}>
      <legend className="small medium">
        <Trans>Known of them</Trans>
      </legend>
      {rows.map((row) => (
        <Row
          key={row.key}
          row={row}
          isWrong={row === wrong}
          onChange={(part) => change(row.key, part)}
          onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
      <Button size="xs" onClick={() => onChange([...rows, textRow('')])}>
        <Trans>Add a fact</Trans>
      </Button>
    </fieldset>
  );
}

function Row(props: {
  row: AttributeRow;
  isWrong: boolean;
  onChange: (part: Partial<AttributeRow>) => void;
  onRemove: () => void;
}) {
  const { t } = useLingui();
  const { row, isWrong, onChange, onRemove } = props;
  const name = row.name || t`without a name`;
  const kinds: Record<AttributeKind, string> = {
    text: t`text`,
    number: t`number`,
    flag: t`yes or no`,
    json: t`list or object`,
  };
  return (
    <div className={classes.attribute}>
      <TextInput
        aria-label={t`Name of the fact`}
        placeholder={t`plan`}
        value={row.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        autoComplete="off"
      />
      <NativeSelect
        aria-label={t`Kind of ${name}`}
        value={row.kind}
        data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
        onChange={(event) => onChange({ kind: event.currentTarget.value as AttributeKind, value: '' })}
      />
      {row.kind === 'flag' ? (
        <NativeSelect
          aria-label={t`Value of ${name}`}
          value={row.value}
          data={[
            { value: '', label: '–' },
            { value: 'yes', label: t`yes` },
            { value: 'no', label: t`no` },
          ]}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          aria-label={t`Value of ${name}`}
          value={row.value}
          error={isWrong && t`This cannot stand here.`}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
          autoComplete="off"
        />
      )}
      <ActionIcon variant="default" size={34} aria-label={t`Remove ${name}`} onClick={onRemove}>
        <Icon name="cross" size={14} />
      </ActionIcon>
    </div>
  );
}
