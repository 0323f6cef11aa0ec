import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TemplateKind } from '../../contracts/journeys/templates-api.schema.ts';
import { CliError } from '../support/output.ts';
import { readJson } from '../support/read-json.ts';

/** A template from a file. */
export type LoadedTemplate = { file: string; kind: TemplateKind; slug: string; content: Record<string, unknown> };

/**
 * Loads a template. The file's name is its slug: `welcome.md` is a message whose first lines between `---` give the
 * `subject`; `welcome-subject.prompt.md` is a prompt, its whole text the instructions; `<slug>.json` holds the content of a
 * message, a prompt or a document, distinguished by their fields.
 * @throws CliError when the file cannot be read or is none of these
 */
export async function loadTemplate(file: string): Promise<LoadedTemplate> {
  const name = basename(file);
  if (name.endsWith('.json')) {
    return { file, slug: name.replace(/\.json$/, ''), ...knownKind(await readJson(file), file) };
  }
  const text = await readFile(file, 'utf8');
  if (name.endsWith('.prompt.md')) {
    return { file, kind: 'prompt', slug: name.replace(/\.prompt\.md$/, ''), content: { instructions: text.trim() } };
  }
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text);
  const subject = /^subject:[ \t]*(.+)$/m.exec(parts?.[1] ?? '')?.[1];
  if (!parts || subject === undefined) {
    throw new CliError(
      `${file}: begin a message with --- and a line "subject: …" and ---, or name a prompt *.prompt.md`,
    );
  }
  const content = { subject: subject.trim(), markdown: (parts[2] ?? '').trim() };
  return { file, kind: 'message', slug: name.replace(/\.md$/, ''), content };
}

function knownKind(content: unknown, file: string): Pick<LoadedTemplate, 'kind' | 'content'> {
  if (typeof content === 'object' && content !== null) {
    if ('markdown' in content) return { kind: 'message', content: { ...content } };
    if ('instructions' in content) return { kind: 'prompt', content: { ...content } };
    if ('slots' in content) return { kind: 'document', content: { ...content } };
  }
  throw new CliError(`${file}: a message has "markdown", a prompt "instructions", a document "slots"`);
}
