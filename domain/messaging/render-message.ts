import type { JsonObject } from '../../contracts/core/json.ts';
import type { Mail } from '../../contracts/messaging/actions.ts';
import { fillLine, fillMarked } from './marked-values.ts';
import { htmlOf } from './message-markdown.ts';

/** A message's words: a body of Liquid and Markdown, and a subject that is Liquid too, or `words` as they are. */
export type MessageSource = { subject: string | { words: string }; markdown: string };

/** A message as it is sent. */
export type RenderedMessage = { subject: string; html: string };

/** A template that cannot be rendered with these variables; the message says where. */
export class TemplateError extends Error {}

/**
 * Renders a message: Liquid that prints nothing missing, then Markdown, in a plain frame. `unsubscribeUrl` puts a line at its
 * end; `zone` is the reader's, in which instants are written (IANA). @throws TemplateError for an unknown variable or filter, a syntax error, a template over its limits, or a subject that came out empty
 */
export function renderMessage(
  source: MessageSource,
  variables: JsonObject,
  unsubscribeUrl: string | null,
  zone = 'UTC',
): RenderedMessage {
  const subject =
    typeof source.subject === 'string'
      ? guarded(fillLine, source.subject, variables, zone)
      : source.subject.words.replaceAll(/\s+/g, ' ').trim();
  if (subject === '') throw new TemplateError('the subject came out empty');
  return { subject, html: frame(htmlOf(guarded(fillMarked, source.markdown, variables, zone)), unsubscribeUrl) };
}

/** The words of a mail: its own, or those of the stored template that it names. @throws TemplateError where that is missing */
export function sourceOf({ content }: Mail, stored: JsonObject | undefined): MessageSource {
  const own = (subject: string): MessageSource['subject'] => (content.isSubjectLiquid ? subject : { words: subject });
  if (content.kind === 'inline') return { subject: own(content.subject), markdown: content.markdown };
  const { subject, markdown } = stored ?? {};
  if (typeof subject !== 'string' || typeof markdown !== 'string')
    throw new TemplateError(`No message template ${content.template}`);
  return { subject: content.subject === null ? subject : own(content.subject), markdown };
}

function guarded<A extends unknown[], T>(fill: (...args: A) => T, ...args: A): T {
  try {
    return fill(...args);
  } catch (error) {
    throw new TemplateError(error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error));
  }
}

function frame(content: string, unsubscribeUrl: string | null): string {
  const footer =
    unsubscribeUrl === null
      ? ''
      : `<p style="color:#667;font-size:12px;margin-top:32px"><a href="${unsubscribeUrl}" style="color:#667">Unsubscribe</a></p>`;
  return `<!doctype html><html><body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#1a1f24"><div style="max-width:560px">${content}${footer}</div></body></html>`;
}
