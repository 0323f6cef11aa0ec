import { useLingui } from '@lingui/react/macro';
import type { ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Failed } from '../entities/answer/failed.tsx';
import { Page } from '../frame/page.tsx';
import { Loading } from '../ui/states.tsx';

/** A page whose code is on its way. */
export function PendingPage() {
  const { t } = useLingui();
  return (
    <Page name={t`One moment`}>
      <Loading />
    </Page>
  );
}

/** A page that broke. The cause may be kept in the page itself, so another try reloads it. */
export function FailedPage({ error }: ErrorComponentProps) {
  const { t } = useLingui();
  return (
    <Page name={t`This page failed`}>
      <Failed error={error} onRetry={() => location.reload()} />
    </Page>
  );
}

/** What is shown before it is known who is signed in. */
export function Outside({ children }: { children: ReactNode }) {
  return (
    <main id="main">
      <h1 className="hidden">Throughline</h1>
      {children}
    </main>
  );
}
