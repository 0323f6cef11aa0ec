import type { JsonObject } from '../../../contracts/core/json.ts';
import type { PreviewOf } from '../../../contracts/journeys/templates-api.schema.ts';
import { contactFacts, findContact } from '../../../platform/db/contacts/contacts.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { invalid } from '../../http/errors/app-error.ts';
import { type Principal, requireRight } from '../../http/caller/principal.ts';
import { type RenderedMessage, TemplateError } from '../../../domain/messaging/render-message.ts';

/** The facts of the person for whom a mail is shown; null for a made-up one. @throws AppError 403 without `contacts:read`, 422 where there is no such person */
export async function previewContact(
  tx: Tx,
  caller: Principal,
  { contact }: Pick<PreviewOf, 'contact'>,
): Promise<JsonObject | null> {
  if (contact === undefined) return null;
  requireRight(caller, 'contacts:read');
  const row = await findContact(tx, caller.workspaceId, contact);
  if (row) return contactFacts(row);
  const message = 'there is no such contact here';
  throw invalid('request.invalid', [{ path: 'contact', code: 'contact.notFound', message }]);
}

/** The mail that `render` makes. @throws AppError 422 `template.cannotRender` where it cannot be made for this person */
export function rendered<Mail extends RenderedMessage | null>(render: () => Mail): Mail {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const issue = { path: 'content', code: 'template.cannotRender', message: error.message };
    throw invalid('template.cannotRender', [issue]);
  }
}
