import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import classes from './states.module.css';

/** Nothing is there: why, and what to do first. */
export function Empty({ title, children, actions }: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.state}>
      <p className={classes.title}>{title}</p>
      {children !== undefined && <p className="text2">{children}</p>}
      {actions !== undefined && <div className={classes.buttons}>{actions}</div>}
    </div>
  );
}

/** Something is being fetched; `rows` lines of it. The mark `data-loading` keeps the page from being settled (`app/settled.ts`). */
export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useLingui();
  return (
    <div className={classes.bones} role="status" aria-label={t`Loading`} data-loading>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className={classes.bone} style={{ width: `${88 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/** Something could not be had: what happened, what to do, and the id of the request for the person who looks into it. */
export function Failure(props: {
  title: string;
  advice: string;
  requestId: string;
  onRetry?: (() => void) | undefined;
}) {
  const { title, advice, requestId, onRetry } = props;
  return (
    <div className={classes.state} role="alert">
      <p className={classes.title}>{title}</p>
      <p className="text2">{advice}</p>
      <RequestId id={requestId} />
      {onRetry && (
        <div className={classes.buttons}>
          <Button onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        </div>
      )}
    </div>
  );
}

/** Something is wrong with what was sent: what, line by line. */
export function Warning({ title, issues, requestId }: { title: string; issues: readonly string[]; requestId: string }) {
  return (
    <div className={classes.notice} role="alert">
      <Icon name="warn" size={14} />
      <div>
        <p>{title}</p>
        {issues.length > 0 && (
          <ul>
            {issues.map((issue) => (
              <li key={issue}>{issue}</li>
            ))}
          </ul>
        )}
        <RequestId id={requestId} />
      </div>
    </div>
  );
}

/** Nothing where no request was answered. */
function RequestId({ id }: { id: string }) {
  if (id === '') return null;
  return (
    <p className="small text2">
      <Trans>
        Request <code className="mono">{id}</code>
      </Trans>
    </p>
  );
}
