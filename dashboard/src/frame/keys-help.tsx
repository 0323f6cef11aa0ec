import { Trans, useLingui } from '@lingui/react/macro';
import { Switch } from '@mantine/core';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/keys/kbd.tsx';
import { useKeyList } from '../ui/keys/keys.tsx';
import classes from './keys-help.module.css';

/** The keys that work on this page. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { all, areOn, turn } = useKeyList();
  return (
    <Dialog onClose={onClose} title={<Trans>Keys</Trans>}>
      <ul className={classes.list}>
        {[...new Map(all().map((shortcut) => [shortcut.keys, shortcut])).values()].map(({ keys, label }) => (
          <li key={keys}>
            <span>{label}</span>
            <Kbd keys={keys} />
          </li>
        ))}
      </ul>
      <Switch
        mt="lg"
        checked={areOn}
        onChange={(event) => turn(event.currentTarget.checked)}
        label={t`Keys without a modifier`}
        description={t`Turn this off if you use voice or switch input`}
      />
    </Dialog>
  );
}
