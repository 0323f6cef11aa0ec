import { useLingui } from '@lingui/react/macro';
import { ApiProblem, ApiUnreachable, NotAsSeen } from '../../api/http/problem.ts';
import { Failure, Warning } from '../../ui/states.tsx';
import { Missing } from './missing.tsx';

/** Something could not be fetched. Never shown as empty. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords(error);
  if (error instanceof ApiProblem && error.problem.status === 404) return <Missing />;
  return <Failure {...words} requestId={requestIdOf(error)} onRetry={onRetry} />;
}

/** A write was refused: what is wrong, field by field, beside the button that was pressed. */
export function Refusal({ error }: { error: unknown }) {
  const { title, advice } = useWords(error);
  if (error === null || error === undefined) return null;
  const issues = error instanceof ApiProblem ? error.problem.errors.filter(({ message }) => message !== title) : [];
  const lines = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  if (error instanceof NotAsSeen) lines.push(advice);
  return <Warning title={title} issues={lines} requestId={requestIdOf(error)} />;
}

function requestIdOf(error: unknown): string {
  return error instanceof ApiProblem ? error.problem.requestId : '';
}

function useWords(error: unknown): { title: string; advice: string } {
  const { t } = useLingui();
  if (error instanceof ApiUnreachable)
    return {
      title: t`The API cannot be reached`,
      advice: t`Nothing is lost: what is under way goes on. The page comes back by itself as soon as there is an answer.`,
    };
  if (error instanceof NotAsSeen)
    return error.isNew
      ? { title: t`There is one of this name already.`, advice: t`Choose another one.` }
      : {
          title: t`This was changed meanwhile; nothing was saved.`,
          advice: t`Copy what you have typed, and reload the page to see it as it is now.`,
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
  return {
    title: detail,
    advice: t`Try again. If the problem stays, give the request's id to your Throughline operator.`,
  };
}
