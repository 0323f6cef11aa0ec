import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
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
  const code = useRef<HTMLElement>(null);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <span className={classes.id}>
      <code ref={code} className="mono">
        {id}
      </code>
      <ActionIcon
        size={24}
        onClick={() => void copy(code.current).then(setCopied)}
        aria-label={isCopied ? t`Copied` : t`Copy ${id}`}
      >
        <Icon name={isCopied ? 'check' : 'copy'} size={13} />
      </ActionIcon>
    </span>
  );
}

/** How long it is said that something was copied. */
const shownMs = 1_500;

/** Copies what an element says. Its text stays chosen, so that it can be copied by key where the browser refuses. @returns whether it was copied */
async function copy(element: HTMLElement | null): Promise<boolean> {
  if (!element) return false;
  getSelection()?.selectAllChildren(element);
  // A page that came over plain http has no clipboard, as in a network of one's own; the older way is open to it.
  if (!('clipboard' in navigator)) return document.execCommand('copy');
  return navigator.clipboard.writeText(element.textContent).then(
    () => true,
    () => document.execCommand('copy'),
  );
}
