import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { memberRoutes } from '../../../../contracts/access/members.routes.ts';
import { type Role, roles } from '../../../../contracts/access/access.ts';
import type { Member } from '../../../../contracts/access/members-api.schema.ts';
import { changeMember, createSignInLink, inviteMember } from '../../api/access.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { noteLocalRow } from '../../ui/table/local-rows.ts';
import { CopyId } from '../../ui/technical.tsx';
import classes from './admin.module.css';
import { LeavingKeys, TakePassword } from './member-ways-in.tsx';
import { roleWords } from './roles.ts';

/** Invites a person, or changes a member; afterwards a link signs them in once. */
export function MemberDialog({ member, onClose }: { member: Member | null; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [name, setName] = useState(member?.name ?? '');
  const [email, setEmail] = useState(member?.email ?? '');
  const [held, setHeld] = useState<readonly Role[]>(member?.roles ?? ['viewer']);
  const [isOut, setOut] = useState(member?.disabledAt !== null && member !== null);
  const once = useRef(crypto.randomUUID());
  const [saved, setSaved] = useState<Member | null>(member);
  const save = useMutation({
    mutationFn: () =>
      saved
        ? changeMember(saved.id, { roles: [...held], disabled: isOut })
        : inviteMember({ name: name.trim(), email: email.trim(), roles: [...held] }, once.current),
    onSuccess: (stored) => {
      noteLocalRow(stored.id);
      if (member) onClose();
      else setSaved(stored);
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled: () => client.invalidateQueries({ queryKey: [memberRoutes.list.path] }),
  });
  const link = useMutation({
    mutationFn: createSignInLink,
  });
  return (
    <Dialog onClose={onClose} title={member ? member.name : t`Invite a member`}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {!member && (
          <>
            <TextInput
              label={t`Name`}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
              disabled={saved !== null}
              data-autofocus
            />
            <TextInput
              label={t`Email`}
              type="email"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              required
              disabled={saved !== null}
            />
          </>
        )}
        <fieldset className={classes.roles}>
          <legend className="small medium">
            <Trans>Roles</Trans>
          </legend>
          {roles.map((role) => (
            <Checkbox
              key={role}
              mt="xs"
              label={i18n._(roleWords[role].name)}
              description={i18n._(roleWords[role].does)}
              checked={held.includes(role)}
              onChange={(event) =>
                setHeld(event.currentTarget.checked ? [...held, role] : held.filter((other) => other !== role))
              }
            />
          ))}
        </fieldset>
        {member && (
          <Switch
            label={t`Shut out`}
            description={t`Ends their sessions and keys at once; can be taken back`}
            checked={isOut}
            onChange={(event) => setOut(event.currentTarget.checked)}
          />
        )}
        {member && isOut && member.disabledAt === null && <LeavingKeys memberId={member.id} />}
        {member && <TakePassword memberId={member.id} />}
        <Refusal error={save.error ?? link.error} />
        {saved && !member && (
          <p className="small" role="status">
            <Trans>A mail is on its way to {saved.email}: it says how they sign in.</Trans>
          </p>
        )}
        {link.data && (
          <div className={classes.secret} role="status">
            <Trans>This link signs them in once. Give it to them only; it is not shown again.</Trans>
            <CopyId id={link.data.url} />
          </div>
        )}
        <div className={classes.ends}>
          {saved && !link.data && (
            <Button onClick={() => link.mutate(saved.id)} loading={link.isPending}>
              <Trans>Make a sign-in link</Trans>
            </Button>
          )}
          {saved && !member ? (
            <Button variant="filled" onClick={onClose}>
              <Trans>Done</Trans>
            </Button>
          ) : (
            <Button
              type="submit"
              variant="filled"
              loading={save.isPending}
              disabled={held.length === 0 || (!member && (name.trim() === '' || email.trim() === ''))}
            >
              {member ? <Trans>Save</Trans> : <Trans>Invite</Trans>}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
