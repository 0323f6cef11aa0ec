import { useLingui } from '@lingui/react/macro';
import type { RunProblem } from './run-draft.ts';

/** The words beside a field in which something is wrong; false where nothing is. */
export type ProblemAt = (path: string) => string | false;

/** Says what is wrong at a field of `CourseRunInput`, or in a part of it. */
export function useProblems(problems: readonly RunProblem[]): ProblemAt {
  const { t } = useLingui();
  return (path) => {
    const found = problems.find((problem) => problem.path === path || problem.path.startsWith(`${path}.`));
    if (!found) return false;
    if (found.kind === 'missing') return t`Please fill this in.`;
    if (found.kind === 'number') return t`This is no number that can stand here.`;
    return found.message;
  };
}
