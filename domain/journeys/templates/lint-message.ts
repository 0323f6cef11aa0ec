import { Liquid, LiquidError } from 'liquidjs';
import type { ProblemIssue } from '../../../contracts/http/problem.schema.ts';
import type { MessageTemplate } from '../../../contracts/journeys/templates-api.schema.ts';
import { loopProblems } from '../../documents/template/loop-lint.ts';

/** What a message template reads: each name with its place, `markdown[3:7]`. Outermost first: `['contact', 'firstName']`. */
export type MessageVariable = { segments: string[]; path: string };

/** As the sender reads it: no includes, unknown filters refused. Liquid's own limit of 100,000 characters. */
const liquid = new Liquid({ strictFilters: true, ownPropertyOnly: true, templates: {}, parseLimit: 100_000 });

/** All reasons why a message template is refused without filling it: syntax, unknown filters, loops that no message needs. */
export function lintMessage(template: MessageTemplate): ProblemIssue[] {
  return parts(template).flatMap(({ field, text }) => {
    const parsed = parse(field, text);
    if (!Array.isArray(parsed)) return [parsed];
    return loopProblems(text).map(({ path, code, message, hint }) => ({
      path: path.replace('template.body', field),
      code,
      message: `${message}. ${hint}`,
    }));
  });
}

/** The variables that a message template reads from outside; empty for one that does not parse. */
export function variablesOf(template: MessageTemplate): MessageVariable[] {
  return parts(template).flatMap(({ field, text }) => {
    const parsed = parse(field, text);
    if (!Array.isArray(parsed)) return [];
    const globals = liquid.analyzeSync(parsed, { partials: false }).globals;
    return Object.values(globals)
      .flat()
      .map(({ segments, location }) => ({
        segments: segments.map((segment) => (Array.isArray(segment) ? '' : String(segment))),
        path: `${field}[${location.row}:${location.col}]`,
      }));
  });
}

function parts(template: MessageTemplate): { field: string; text: string }[] {
  return [
    { field: 'subject', text: template.subject },
    { field: 'markdown', text: template.markdown },
  ];
}

function parse(field: string, text: string): ReturnType<Liquid['parse']> | ProblemIssue {
  try {
    return liquid.parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [row, col] = LiquidError.is(error) ? (error.token?.getPosition() ?? []) : [];
    const message = (error.message.split('\n')[0] ?? '').replace(/, line:\d+, col:\d+.*$/s, '');
    return { path: row === undefined ? field : `${field}[${row}:${col}]`, code: 'template.syntax', message };
  }
}
