import { Trans, useLingui } from '@lingui/react/macro';
import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { signOut, useSession } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import classes from './frame.module.css';

/** Who is signed in: the look of the pages, signing out. */
export function PersonMenu() {
  const { t } = useLingui();
  const session = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => location.assign('/sign-in'),
  });
  if (!session) return null;
  const schemes = [
    { value: 'auto', label: t`As the system` },
    { value: 'light', label: t`Light` },
    { value: 'dark', label: t`Dark` },
  ] as const;
  return (
    <Menu position="right-end" withinPortal={false}>
      <Menu.Target>
        <button
          type="button"
          className={`plain ${classes.place}`}
          aria-label={t`${session.actor.name}: look, sign out`}
        >
          <Icon name="person" />
          <span className={`${classes.label} cut`}>{session.actor.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Trans>Look</Trans>
        </Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {schemes.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={14} />} onClick={() => leave.mutate()}>
          <Trans>Sign out</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
