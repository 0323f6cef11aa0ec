import { Trans } from '@lingui/react/macro';
import type { ProblemIssue } from '../../../../../contracts/http/problem.schema.ts';
import { ApiProblem } from '../../../api/http/problem.ts';
import classes from '../batches.module.css';

/** The parts of the form, with the options that each of them makes. */
const parts = {
  rows: ['rows', 'mends', 'columns.encoding', 'columns.separator', 'columns.decimal'],
  template: ['template'],
  columns: ['columns', 'template.columns'],
  brief: ['brief', 'brand'],
  limits: ['name', 'budgetMicros', 'model', 'fallbackModels', 'language', 'date', 'review'],
} as const;
type Part = keyof typeof parts;

/** What of a refused batch belongs to one part of the form, in the server's words, each where it is mended. */
export function Issues({ error, part }: { error: unknown; part: Part }) {
  const found = issuesOf(error).filter((issue) => partOf(issue) === part);
  if (found.length === 0) return null;
  return (
    <ul className={`${classes.fields} small red`} role="alert">
      {found.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          <Trans>
            <code className="mono">{placeOf(path)}</code>: {message}
          </Trans>
        </li>
      ))}
    </ul>
  );
}

/** Whether each issue of a refusal is shown at its part. */
export function hasPlace(error: unknown): boolean {
  const issues = issuesOf(error);
  return issues.length > 0 && issues.every((issue) => partOf(issue) !== null);
}

/** The part whose longest place begins the issue's path. */
export function partOf({ path }: Pick<ProblemIssue, 'path'>): Part | null {
  const place = placeOf(path);
  const found = Object.entries(parts)
    .flatMap(([part, places]) => places.map((begin) => ({ part: part as Part, begin })))
    .filter(({ begin }) => place === begin || place.startsWith(`${begin}.`) || place.startsWith(`${begin}[`))
    .toSorted((a, b) => b.begin.length - a.begin.length);
  return found[0]?.part ?? null;
}

function issuesOf(error: unknown): readonly ProblemIssue[] {
  return error instanceof ApiProblem ? error.problem.errors : [];
}

const placeOf = (path: string): string => path.replace(/^options\./, '');
