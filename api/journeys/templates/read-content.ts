import type { z } from 'zod';
import type { ProblemIssue } from '../../../contracts/http/problem.schema.ts';
import {
  MessageTemplate,
  PromptTemplate,
  type TemplateKind,
} from '../../../contracts/journeys/templates-api.schema.ts';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { lintTemplate } from '../../../domain/documents/template/template-lint.ts';
import { lintMessage } from '../../../domain/journeys/templates/lint-message.ts';
import { problemIssues } from '../../http/request/validation.pipe.ts';

/** A template's content that may be stored, or all that is wrong with it; paths begin at `content`. */
export type ReadContent = { ok: true; content: JsonObject } | { ok: false; problems: ProblemIssue[] };

/** Reads a template's content by the rules of its kind. */
export function readContent(kind: TemplateKind, content: unknown): ReadContent {
  switch (kind) {
    case 'message':
      return validated(MessageTemplate, content, lintMessage);
    case 'prompt':
      return validated(PromptTemplate, content, () => []);
    case 'document':
      return validated(DocumentTemplate, content, (template) =>
        lintTemplate(template).map(({ path, code, message, hint }) => ({
          path: path.replace(/^template\.?/, ''),
          code,
          message: `${message}. ${hint}`,
        })),
      );
  }
}

function validated<T extends z.ZodType>(
  schema: T,
  content: unknown,
  lint: (template: z.infer<T>) => ProblemIssue[],
): ReadContent {
  const read = schema.safeParse(content);
  const problems = read.success
    ? lint(read.data).map((problem) => ({ ...problem, path: `content.${problem.path}` }))
    : read.error.issues.flatMap((issue) => problemIssues(issue, 'content'));
  // The schema gives JSON back; defaults of the kind are part of the stored content.
  return read.success && problems.length === 0
    ? { ok: true, content: read.data as JsonObject }
    : { ok: false, problems };
}
