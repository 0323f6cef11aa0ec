import { useLingui } from '@lingui/react/macro';
import { Menu } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { openWorkspace, useSession, workspacesQuery } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import classes from './frame.module.css';

/** The workspace that is open, and the person's others. */
export function WorkspaceSwitcher() {
  const { t } = useLingui();
  const session = useSession();
  const { data } = useQuery(workspacesQuery);
  const change = useMutation({
    mutationFn: openWorkspace,
    // Everything on the screen belongs to the other workspace.
    onSuccess: () => location.assign('/'),
  });
  if (!session) return null;
  const { workspace } = session;
  const others = (data?.items ?? []).filter(({ id }) => id !== workspace.id);
  const name = (
    <>
      <span className={classes.mark} aria-hidden>
        {workspace.name.slice(0, 2).toUpperCase()}
      </span>
      <span className={`${classes.label} cut`}>{workspace.name}</span>
    </>
  );
  if (others.length === 0) return <div className={classes.workspace}>{name}</div>;
  return (
    <Menu position="bottom-start" withinPortal={false}>
      <Menu.Target>
        <button
          type="button"
          className={`plain ${classes.workspace}`}
          aria-label={t`Workspace ${workspace.name}, change it`}
        >
          {name}
          <span className={classes.gap} />
          <Icon name="more" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map(({ id, name: other }) => (
          <Menu.Item key={id} onClick={() => change.mutate(id)}>
            {other}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
