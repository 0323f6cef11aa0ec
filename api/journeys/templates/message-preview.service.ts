import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { MessageTemplate, type PreviewOf } from '../../../contracts/journeys/templates-api.schema.ts';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { sampleVariablesOf } from '../../../domain/journeys/templates/sample-variables.ts';
import { type RenderedMessage, renderMessage, TemplateError } from '../../../domain/messaging/render-message.ts';
import { contactFacts, findContact } from '../../../platform/db/contacts/contacts.ts';
import { findTemplate, findTemplateVersion } from '../../../platform/db/journeys/templates.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { invalid, notFound } from '../../http/errors/app-error.ts';
import { type Principal, requireRight } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { sendTest } from '../../http/test-mail.ts';

/** Shows what a message template makes for a person, a real or a made-up one, on a page or in the caller's own mailbox. */
@Injectable()
export class MessagePreviewService {
  constructor(private readonly store: Store) {}

  /** The mail's HTML. @throws AppError 422 `template.cannotRender` where it cannot be made for this person */
  async show(caller: Principal, slug: string, of: PreviewOf): Promise<string> {
    return this.store.inWorkspace(caller, async (tx) => (await this.render(tx, caller, { slug, of })).mail.html);
  }

  /** Sends the mail to the caller's own address as a test; as `show`. */
  async test(caller: Principal, slug: string, of: PreviewOf): Promise<TestMailAsked> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { id, mail } = await this.render(tx, caller, { slug, of });
      return sendTest(tx, caller, mail, { subject: { kind: 'template', id }, detail: { slug } });
    });
  }

  private async render(
    tx: Tx,
    caller: Principal,
    { slug, of }: { slug: string; of: PreviewOf },
  ): Promise<{ id: string; mail: RenderedMessage }> {
    const template = await findTemplate(tx, { workspaceId: caller.workspaceId, kind: 'message', slug });
    const version = template && (await findTemplateVersion(tx, template, template.latest));
    if (!version) throw notFound('template');
    // What is stored was read by the same schema.
    const message = MessageTemplate.parse(version.content);
    const variables = sampleVariablesOf(message, await this.contact(tx, caller, of));
    try {
      return { id: version.template_id, mail: renderMessage(message, variables, null) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw invalid('template.cannotRender', [
        { path: 'content', code: 'template.cannotRender', message: error.message },
      ]);
    }
  }

  private async contact(tx: Tx, caller: Principal, { contact }: PreviewOf): Promise<JsonObject | null> {
    if (contact === undefined) return null;
    requireRight(caller, 'contacts:read');
    const row = await findContact(tx, caller.workspaceId, contact);
    if (row) return contactFacts(row);
    const message = 'there is no such contact here';
    throw invalid('request.invalid', [{ path: 'contact', code: 'contact.notFound', message }]);
  }
}
