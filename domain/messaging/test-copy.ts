import type { RenderedMessage } from './render-message.ts';

/** Parts of addresses that act in the name of one person: to unsubscribe, a learner's own page, an approval, a way in. */
const personal = /(\/(?:u|e|g|sign-in|reset-password|setup)\/)[\w.-]+/g;

/**
 * A mail as its test: the subject says so, and nothing in it acts. A link is its words, as one that was made for a person would act
 * in their name; what stands in the words of it, or beside them, is no address of theirs any more.
 */
export function testCopyOf({ subject, html }: RenderedMessage): RenderedMessage {
  return { subject: `[Test] ${subject}`, html: html.replaceAll(/<a\b[^>]*>/gi, '<a>').replaceAll(personal, '$1…') };
}
