import type { JsonObject } from '../../../contracts/core/json.ts';
import type { MessageTemplate } from '../../../contracts/journeys/templates-api.schema.ts';
import type { Mail } from '../../../contracts/messaging/actions.ts';
import type { MailView } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { textOf } from '../../messaging/message-text.ts';
import { zoneOf } from '../../time/time.ts';
import { renderMessage, sourceOf, TemplateError } from '../../messaging/render-message.ts';

/** A mail as its reader would see it; why it could not be made; or that it is not shown. */
export type Preview =
  { kind: 'mail'; mail: MailView } | { kind: 'fault'; message: string } | { kind: 'none'; why: string };

/** The stored templates that a journey names, by reference, such as `welcome@production`. */
export type StoredMessages = Readonly<Record<string, MessageTemplate | undefined>>;

/** Mails that one simulation renders: more than a person reads, and each costs the server some milliseconds. */
const mostMails = 50;

/** Makes what shows the mails of one simulated run. The same mail to the same person is rendered once. */
export function createPreviews(templates: StoredMessages): (mail: Mail, contact: JsonObject) => Preview {
  const known = new Map<string, Preview>();
  return (mail, contact) => {
    const id = JSON.stringify([mail, contact]);
    const preview = known.get(id) ?? (known.size < mostMails ? previewOf(mail, contact, templates) : tooMany);
    known.set(id, preview);
    return preview;
  };
}

const tooMany: Preview = { kind: 'none', why: `it is not shown: a simulation shows ${mostMails} mails` };

function previewOf(mail: Mail, contact: JsonObject, templates: StoredMessages): Preview {
  const { content } = mail;
  const stored = content.kind === 'template' ? templates[content.template] : undefined;
  if (content.kind === 'template' && !stored)
    return { kind: 'none', why: `it is not shown: ${content.template} is not here` };
  try {
    const person = { externalId: 'sample', email: 'sample@example.com', ...contact };
    const { subject, html } = renderMessage(
      sourceOf(mail, stored),
      { contact: person, ...mail.variables },
      null,
      zoneOf([mail.zone]),
    );
    return { kind: 'mail', mail: { subject, text: textOf(html), html } };
  } catch (error) {
    if (error instanceof TemplateError) return { kind: 'fault', message: error.message };
    throw error;
  }
}
