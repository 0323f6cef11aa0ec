import { Trans, useLingui } from '@lingui/react/macro';
import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { signIn } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { EmailField } from './email-field.tsx';
import classes from './sign-in.module.css';

/** Email and password; the server reports a wrong one. `next` is the whole address that the person was going to, of this site. */
export function SignInForm({ next, onForgotten }: { next: string; onForgotten(): void }) {
  const { t } = useLingui();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => signIn({ email: email.trim(), password }),
    // The page is loaded again, so that nothing of an earlier session stays in memory.
    onSuccess: () => location.assign(next),
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate();
      }}
    >
      <EmailField value={email} onChange={setEmail} />
      <PasswordInput
        label={t`Password`}
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t`Show or hide the password` }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Refusal error={enter.error} />
      <Button type="submit" variant="filled" loading={enter.isPending}>
        <Trans>Sign in</Trans>
      </Button>
      <Button variant="subtle" onClick={onForgotten}>
        <Trans>Forgot the password?</Trans>
      </Button>
      <p className="small text2">
        <Trans>
          No password yet? Ask for a mail in the same way, or let an admin of your workspace give you a link that signs
          you in once.
        </Trans>
      </p>
    </form>
  );
}
