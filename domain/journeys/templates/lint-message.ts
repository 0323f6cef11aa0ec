import { Liquid, LiquidError } from 'liquidjs';
import type { ProblemIssue } from '../../../contracts/http/problem.schema.ts';
import { messageLiquid } from '../../messaging/marked-values.ts';
import { loopProblems } from '../../documents/template/loop-lint.ts';

/** What a message template reads: each name with its place, `markdown[3:7]`. Outermost first: `['contact', 'firstName']`. */
export type MessageVariable = { segments: string[]; path: string };

/** The parts of a message that a person wrote; null for what comes from elsewhere. */
type MessageParts = { subject: string | null; markdown: string | null };

/** Problems of one kind that are named at once. */
const mostProblems = 50;

/** As the sender reads it. */
const liquid = new Liquid(messageLiquid);
// A message is one text: what reads another parses, and would fail at each person it is written to.
for (const name of ['include', 'render', 'layout']) delete liquid.tags[name];

/** All reasons why a message template is refused without filling it: syntax, unknown filters, loops that no message needs, addresses that no mail may hold. */
export function lintMessage(template: MessageParts): ProblemIssue[] {
  return parts(template).flatMap(({ field, text }) => {
    const parsed = parse(field, text);
    if (!Array.isArray(parsed)) return [parsed];
    return [
      ...loopProblems(text).map(({ path, code, message, hint }) => ({
        path: path.replace('template.body', field),
        code,
        message: `${message}. ${hint}`,
      })),
      ...(field === 'markdown' ? addressProblems(text) : []),
    ];
  });
}

/** The variables that a message template reads from outside; empty for one that does not parse. */
export function variablesOf(template: MessageParts): MessageVariable[] {
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

function parts({ subject, markdown }: MessageParts): { field: string; text: string }[] {
  const all = [
    { field: 'subject', text: subject },
    { field: 'markdown', text: markdown },
  ];
  return all.flatMap(({ field, text }) => (text === null ? [] : [{ field, text }]));
}

/** Addresses that are written out and would be left out of the mail: a picture comes over https, a link leads into no script and no file. */
function addressProblems(markdown: string): ProblemIssue[] {
  return [
    ...matchesOf(
      markdown,
      /!\[[^[\]]*\]\(\s*(?!https:|[\s{<])/gi,
      'template.unsafePicture',
      'A picture needs an address that begins with https://',
    ),
    ...matchesOf(
      markdown,
      /\]\(\s*<?(?:javascript|vbscript|data|file|blob):/gi,
      'template.unsafeLink',
      'A link leads to a page or into an app, not into a script or a file',
    ),
  ];
}

function matchesOf(text: string, pattern: RegExp, code: string, message: string): ProblemIssue[] {
  return [...text.matchAll(pattern)].slice(0, mostProblems).map(({ index }) => {
    const before = text.slice(0, index).split('\n');
    return { path: `markdown[${before.length}:${(before.at(-1)?.length ?? 0) + 1}]`, code, message };
  });
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
