import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import classes from './technical.module.css';

/** What engineers look for, folded away for everyone else. */
export function Technical({ children }: { children: ReactNode }) {
  return (
    <details className={classes.fold}>
      <summary>
        <Trans>Technical</Trans>
      </summary>
      <div>{children}</div>
    </details>
  );
}

/** Any data as JSON. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <pre className={classes.json} tabIndex={0} aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}

/** An id with a button that copies it. */
export function CopyId({ id }: { id: string }) {
  const { t } = useLingui();
  return (
    <span className={classes.id}>
      <code className="mono">{id}</code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <ActionIcon size={24} onClick={copy} aria-label={copied ? t`Copied` : t`Copy ${id}`}>
            <Icon name={copied ? 'check' : 'copy'} size={13} />
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
