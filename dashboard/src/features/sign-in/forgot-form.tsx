import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { askPasswordReset } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { EmailField } from './email-field.tsx';
import classes from './sign-in.module.css';

/** Asks for a mail with a link for a new password. What it says afterwards is the same for every address. */
export function ForgotForm({ onBack }: { onBack(): void }) {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => askPasswordReset({ email: email.trim() }) });
  const back = (
    <Button variant="subtle" onClick={onBack}>
      <Trans>Back to signing in</Trans>
    </Button>
  );
  if (ask.isSuccess)
    return (
      <div className={classes.form}>
        <p role="status">
          <Trans>
            If {email.trim()} belongs to a member, a mail is on its way. Its link works once, for half an hour.
          </Trans>
        </p>
        <p className="small text2">
          <Trans>No mail? Look into the spam folder, or ask an admin of your workspace for a sign-in link.</Trans>
        </p>
        {back}
      </div>
    );
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <EmailField value={email} onChange={setEmail} autoFocus />
      <Refusal error={ask.error} />
      <Button type="submit" variant="filled" loading={ask.isPending}>
        <Trans>Mail me a link</Trans>
      </Button>
      {back}
    </form>
  );
}
