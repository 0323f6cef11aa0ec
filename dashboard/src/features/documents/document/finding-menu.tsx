import { useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useFindingNames } from '../../../entities/document/finding-names.ts';

/** Which findings of a batch's checks are listed: those of one kind, by its code, or whatever was found. */
export function FindingMenu(props: {
  findings: readonly { code: string; flagged: number }[];
  value: string | undefined;
  onChange: (code: string | undefined) => void;
}) {
  const { findings, value, onChange } = props;
  const { t } = useLingui();
  const nameOf = useFindingNames();
  const kinds = findings.filter(({ code, flagged }) => flagged > 0 || code === value);
  if (kinds.length < 2 && value === undefined) return null;
  const all = t`Whatever was found`;
  const shown = value === undefined ? all : nameOf(value);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button aria-label={t`What the checks found: ${shown}`}>
          <span className="cut">{shown}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={value ?? ''} onChange={(code) => onChange(code === '' ? undefined : code)}>
          <Menu.RadioItem value="">{all}</Menu.RadioItem>
          {kinds.map(({ code, flagged }) => (
            <Menu.RadioItem key={code} value={code}>
              {nameOf(code)} <span className="text2 num">{flagged}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
