import { Injectable } from '@nestjs/common';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { MessageTemplate, type StepMailOf } from '../../../contracts/journeys/templates-api.schema.ts';
import type { MailView, TestMailAsked } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { graphOf } from '../../../domain/journeys/graph.ts';
import { kindOf } from '../../../domain/journeys/nodes/node-kinds.ts';
import { sampleMailOf } from '../../../domain/journeys/templates/sample-mail.ts';
import { textOf } from '../../../domain/messaging/message-text.ts';
import type { RenderedMessage } from '../../../domain/messaging/render-message.ts';
import { zoneOf } from '../../../domain/time/time.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { findJourneyVersion } from '../../../platform/db/journeys/journey-versions.ts';
import { resolveTemplate } from '../../../platform/db/journeys/template-refs.ts';
import { notFound } from '../../http/errors/app-error.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { sendTest } from '../../http/test-mail.ts';
import { requireJourney } from '../find-journey.ts';
import { previewContact, rendered } from './preview-contact.ts';

/** A step of a journey. */
type StepPlace = { slug: string; step: string };

/** Shows the mail of a journey's step for a person, a real or a made-up one, on a page or in the caller's own mailbox. */
@Injectable()
export class StepMailsService {
  constructor(private readonly store: Store) {}

  /** The mail. @throws AppError 404 where the step writes none, 422 `template.cannotRender` where it cannot be made for this person */
  async show(caller: Principal, place: StepPlace, of: StepMailOf): Promise<MailView> {
    const { mail } = await this.store.inWorkspace(caller, (tx) => this.render(tx, caller, place, of));
    return { subject: mail.subject, text: textOf(mail.html), html: mail.html };
  }

  /** Sends the mail to the caller's own address as a test; as `show`. */
  async test(caller: Principal, place: StepPlace, of: StepMailOf): Promise<TestMailAsked> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { id, mail } = await this.render(tx, caller, place, of);
      return sendTest(tx, caller, mail, { subject: { kind: 'journey', id }, detail: place });
    });
  }

  private async render(
    tx: Tx,
    caller: Principal,
    { slug, step }: StepPlace,
    of: StepMailOf,
  ): Promise<{ id: string; mail: RenderedMessage }> {
    const journey = await requireJourney(tx, caller, slug);
    const version = of.version ?? journey.live_version;
    const row = version === null ? undefined : await findJourneyVersion(tx, journey, version);
    // What was published had been read by its schema.
    const definition = row?.definition as JourneyDefinition | undefined;
    const node = definition && graphOf(definition).places.get(step)?.node;
    if (!node) throw notFound('message');
    const [named] = kindOf(node).references(node);
    const stored =
      named?.kind === 'message' ? await resolveTemplate(tx, caller.workspaceId, 'message', named.reference) : null;
    const contact = await previewContact(tx, caller, of);
    const workspace = await findWorkspace(tx, caller.workspaceId);
    const reader = { contact, zone: zoneOf([contact?.['timeZone'], workspace?.zone]) };
    const mail = rendered(() => sampleMailOf(node, MessageTemplate.safeParse(stored?.content).data, reader));
    if (mail === null) throw notFound('message');
    return { id: journey.id, mail };
  }
}
