import { Liquid } from 'liquidjs';
import MarkdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { withStrictOutputs } from '../../domain/templates/strict-outputs.ts';

/** A message's words: Liquid and Markdown, its variables given. */
export type MessageSource = { subject: string; markdown: string };

/** A message as it is sent. */
export type RenderedMessage = { subject: string; html: string };

/** A template that cannot be rendered with these variables; the message says where. */
export class TemplateError extends Error {}

const limits = {
  // A message is about a page: larger templates and outputs are mistakes or attacks.
  parseLimit: 100_000,
  // Milliseconds of wall-clock time: a good template takes one or two, and must not fail on a busy machine.
  renderLimit: 1_000,
  memoryLimit: 1_000_000,
};
/** Characters of a filled body: what Markdown is made of is more than a page by far. */
const mostCharacters = 100_000;
const strict = { strictFilters: true, ownPropertyOnly: true, templates: {}, ...limits };

/** What a person typed or a model wrote is text: no character of it is Markdown. */
const body = new Liquid({
  ...strict,
  outputEscape: (value: unknown) => textOf(value).replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&'),
});
const plain = new Liquid(strict);
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

/**
 * Renders a message: Liquid that prints nothing missing, then Markdown, then sanitised HTML in a plain frame. `unsubscribeUrl` puts a line at its
 * end. @throws TemplateError for an unknown variable or filter, a syntax error, or a template over its limits
 */
export function renderMessage(
  source: MessageSource,
  variables: JsonObject,
  unsubscribeUrl: string | null,
): RenderedMessage {
  try {
    const subject = fill(plain, source.subject, variables).replace(/\s+/g, ' ').trim();
    const filled = fill(body, source.markdown, variables);
    if (filled.length > mostCharacters)
      throw new TemplateError(`The message is longer than ${mostCharacters} characters`);
    const html = sanitizeHtml(markdown.render(filled));
    return { subject, html: frame(html, unsubscribeUrl) };
  } catch (error) {
    throw new TemplateError(error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error));
  }
}

function fill(liquid: Liquid, template: string, variables: JsonObject): string {
  return String(liquid.renderSync(withStrictOutputs(liquid.parse(template)), variables));
}

function frame(content: string, unsubscribeUrl: string | null): string {
  const footer =
    unsubscribeUrl === null
      ? ''
      : `<p style="color:#667;font-size:12px;margin-top:32px"><a href="${unsubscribeUrl}" style="color:#667">Unsubscribe</a></p>`;
  return `<!doctype html><html><body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#1a1f24"><div style="max-width:560px">${content}${footer}</div></body></html>`;
}

/** How a variable reads in a text; a list or an object reads as its JSON. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
