import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiProblem, ApiUnreachable } from '../api/problem.ts';
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

/** Something is being fetched; `rows` lines of it. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useLingui();
  return (
    <div className={classes.bones} role="status" aria-label={t`Loading`}>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className={classes.bone} style={{ width: `${88 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/**
 * Something could not be fetched: what happened, what to do, the id for the person who looks into it. Never shown as empty.
 */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, advice } = useWords(error);
  return (
    <div className={classes.state} role="alert">
      <p className={classes.title}>{title}</p>
      <p className="text2">{advice}</p>
      <RequestId error={error} />
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

/** A write was refused: what is wrong, field by field, beside the button that was pressed. */
export function Refusal({ error }: { error: unknown }) {
  const { title } = useWords(error);
  if (error === null || error === undefined) return null;
  const issues = error instanceof ApiProblem ? error.problem.errors.filter(({ message }) => message !== title) : [];
  return (
    <div className={classes.notice} role="alert">
      <Icon name="warn" size={14} />
      <div>
        <p>{title}</p>
        {issues.length > 0 && (
          <ul>
            {issues.map(({ path, message }) => (
              <li key={`${path} ${message}`}>{path === '' ? message : `${path}: ${message}`}</li>
            ))}
          </ul>
        )}
        <RequestId error={error} />
      </div>
    </div>
  );
}

function RequestId({ error }: { error: unknown }) {
  if (!(error instanceof ApiProblem) || error.problem.requestId === '') return null;
  return (
    <p className="small text2">
      <Trans>
        Request <code className="mono">{error.problem.requestId}</code>
      </Trans>
    </p>
  );
}

function useWords(error: unknown): { title: string; advice: string } {
  const { t } = useLingui();
  if (error instanceof ApiUnreachable)
    return {
      title: t`The API cannot be reached`,
      advice: t`Nothing is lost: what is under way goes on. The page comes back by itself as soon as there is an answer.`,
    };
  if (!(error instanceof ApiProblem))
    return {
      title: t`The answer could not be read`,
      advice: t`The dashboard and the API may be of different versions: reload the page.`,
    };
  const { status, detail } = error.problem;
  if (status === 403)
    return {
      title: t`You do not have access to this`,
      advice: t`Ask an admin of the workspace for the role that shows it.`,
    };
  if (status === 404)
    return {
      title: t`This is not here`,
      advice: t`It may belong to another workspace, or have been erased. Check the address, or search for it.`,
    };
  return {
    title: detail,
    advice: t`Try again. If the problem stays, give the request's id to your Throughline operator.`,
  };
}
