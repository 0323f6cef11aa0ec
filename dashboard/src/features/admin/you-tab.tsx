import { Trans, useLingui } from '@lingui/react/macro';
import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { setPassword, useSession } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { Facts, Panel, PanelBody } from '../../ui/panel.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './admin.module.css';
import { roleWords } from './roles.ts';

/** Oneself: roles, and a password. */
export function YouTab() {
  const { t, i18n } = useLingui();
  const session = useSession();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const save = useMutation({
    mutationFn: () => setPassword({ ...(current === '' ? {} : { current }), next }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      notifyDone(<Trans>Your password is set; your other sessions have ended.</Trans>);
    },
  });
  if (!session) return null;
  const toggle = { 'aria-label': t`Show or hide the password` };
  return (
    <div className={classes.part}>
      <Panel title={session.actor.name}>
        <PanelBody>
          <Facts
            facts={[
              { key: 'workspace', name: <Trans>Workspace</Trans>, value: session.workspace.name },
              {
                key: 'roles',
                name: <Trans>Roles</Trans>,
                value: session.roles.map((role) => i18n._(roleWords[role].name)).join(', '),
              },
              {
                key: 'until',
                name: <Trans>Signed in until</Trans>,
                value: session.expiresAt && <Time at={session.expiresAt} />,
              },
            ]}
          />
        </PanelBody>
      </Panel>
      <Panel title={<Trans>Password</Trans>}>
        <PanelBody>
          <form
            className={classes.form}
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate();
            }}
          >
            <PasswordInput
              label={t`The one you have`}
              description={t`Leave empty if you have none yet`}
              autoComplete="current-password"
              visibilityToggleButtonProps={toggle}
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
            <PasswordInput
              label={t`The new one`}
              description={t`At least 12 characters; a sentence is fine`}
              autoComplete="new-password"
              visibilityToggleButtonProps={toggle}
              value={next}
              onChange={(event) => setNext(event.currentTarget.value)}
              required
              withAsterisk={false}
            />
            <Refusal error={save.error} />
            <div className={classes.ends}>
              <Button type="submit" variant="filled" loading={save.isPending} disabled={next.length < 12}>
                <Trans>Set the password</Trans>
              </Button>
            </div>
          </form>
        </PanelBody>
      </Panel>
    </div>
  );
}
