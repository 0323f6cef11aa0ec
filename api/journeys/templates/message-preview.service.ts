import { Injectable } from '@nestjs/common';
import { MessageTemplate, type PreviewOf } from '../../../contracts/journeys/templates-api.schema.ts';
import type { TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { sampleVariablesOf } from '../../../domain/journeys/templates/sample-variables.ts';
import { type RenderedMessage, renderMessage } from '../../../domain/messaging/render-message.ts';
import { findTemplate, findTemplateVersion } from '../../../platform/db/journeys/templates.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { notFound } from '../../http/errors/app-error.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { sendTest } from '../../http/test-mail.ts';
import { previewContact, rendered } from './preview-contact.ts';

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
    const variables = sampleVariablesOf(message, await previewContact(tx, caller, of));
    return { id: version.template_id, mail: rendered(() => renderMessage(message, variables, null)) };
  }
}
