import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { livenessQuery } from '../api/system.ts';
import { ForgotForm } from '../features/sign-in/forgot-form.tsx';
import { ownAddress } from '../features/sign-in/own-address.ts';
import { SignInForm } from '../features/sign-in/sign-in-form.tsx';
import classes from '../features/sign-in/sign-in.module.css';
import { Icon } from '../ui/icons.tsx';

/** Signing in with a password. The links of mails and admins sign in by themselves. */
export function SignInPage() {
  const { t } = useLingui();
  const { next } = useSearch({ from: '/sign-in' });
  const [hasForgotten, setForgotten] = useState(false);
  const { isSuccess: isUp, isError: isDown } = useQuery(livenessQuery);
  useEffect(() => {
    document.title = `${t`Sign in`} · Throughline`;
  }, [t]);
  return (
    <>
      <header className={classes.bar}>
        <div className={classes.inner}>
          <Icon name="journey" size={20} color="var(--accent)" />
          Throughline
          <span className={`mono ${classes.host}`}>{location.host}</span>
        </div>
      </header>
      <main className={classes.two}>
        <div className={classes.say}>
          <h1 className={classes.title}>{hasForgotten ? <Trans>Set a new password</Trans> : <Trans>Sign in</Trans>}</h1>
          <p>
            {hasForgotten ? (
              <Trans>We mail you a link with which you set one.</Trans>
            ) : next ? (
              <Trans>After that you continue where you were going.</Trans>
            ) : (
              <Trans>What waits for you comes first.</Trans>
            )}
          </p>
          <ul className={classes.facts} aria-live="polite">
            {isUp && (
              <li>
                <Icon name="check" size={14} color="var(--green)" />
                <Trans>Throughline is up</Trans>
              </li>
            )}
            {isDown && (
              <li>
                <Icon name="warn" size={14} color="var(--red)" />
                <Trans>Throughline does not respond; retrying every few seconds</Trans>
              </li>
            )}
          </ul>
        </div>
        {hasForgotten ? (
          <ForgotForm onBack={() => setForgotten(false)} />
        ) : (
          <SignInForm next={ownAddress(next, location.origin)} onForgotten={() => setForgotten(true)} />
        )}
      </main>
    </>
  );
}
