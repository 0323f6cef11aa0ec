import { Trans, useLingui } from '@lingui/react/macro';
import { Menu, useMantineColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useSession } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import classes from './frame.module.css';
import { admin, places } from './nav.ts';
import { openPalette } from './palette-store.ts';

/** What does not fit into the bar of a phone. */
export function MoreMenu({ onHelp }: { onHelp: () => void }) {
  const { t, i18n } = useLingui();
  const rights = useSession()?.permissions ?? [];
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const allowed = [...places, admin].filter(({ right }) => rights.includes(right));
  return (
    <Menu position="top-end" withinPortal={false}>
      <Menu.Target>
        <button type="button" className={`plain ${classes.tab}`}>
          <Icon name="more" size={18} />
          <Trans>More</Trans>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {allowed
          .filter(({ onPhone }) => !onPhone)
          .map(({ to, icon, label }) => (
            <Menu.Item key={to} component={Link} to={to} leftSection={<Icon name={icon} />}>
              {i18n._(label)}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="search" />} onClick={openPalette}>
          <Trans>Search or jump to…</Trans>
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="light" />}
          onClick={() => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark')}
        >
          {colorScheme === 'dark' ? t`Light` : t`Dark`}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="help" />} onClick={onHelp}>
          <Trans>Keys and help</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
