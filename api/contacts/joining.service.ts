import { Inject, Injectable } from '@nestjs/common';
import type { Contact, ContactMerge, MergedContacts } from '../../contracts/contacts/contacts-api.schema.ts';
import { limits } from '../../contracts/core/limits.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { aliasesOf } from '../../platform/db/contacts/aliases.ts';
import { type Closure, closuresOf } from '../../platform/db/contacts/consents.ts';
import { contactById, lockContacts } from '../../platform/db/contacts/contacts.ts';
import {
  countJoined,
  joinContacts,
  joinedFacts,
  lockTwo,
  obstaclesToJoining,
  runsEndedByJoining,
  type TwoContacts,
} from '../../platform/db/journeys/join-contacts.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { conflict, invalid, notFound } from '../http/errors/app-error.ts';
import { KEYS } from '../http/parts.ts';
import { Store } from '../http/store.ts';
import { contactView } from './contact-view.ts';

/** Makes one contact of two that are one person. */
@Injectable()
export class JoiningService {
  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
  ) {}

  /** Joins `other` with the contact, or says what would happen; done already it changes nothing. */
  async merge(caller: Principal, externalId: string, request: ContactMerge): Promise<MergedContacts> {
    requireTwo('other', request.other, externalId);
    return this.store.inWorkspace(caller, async (tx) => {
      const { contact, other } = await lockTwo(tx, caller.workspaceId, { contact: externalId, other: request.other });
      if (!contact) throw notFound('contact');
      if (!other) throw unknownOther(request.other);
      const merged = await this.mergedOf(tx, { contact, other }, request.other);
      if (contact.id === other.id) return { ...merged, ...nothing, isJoined: true };
      await requireJoinable(tx, { contact, other });
      if (request.dryRun) return merged;
      await this.join(tx, caller, { contact, other });
      return { ...merged, isJoined: true };
    });
  }

  /** Gives a contact one more external id. The guest who has it is joined with the contact; someone who is known by it is not. */
  async putAlias(caller: Principal, externalId: string, alias: string): Promise<Contact> {
    requireTwo('alias', alias, externalId);
    return this.store.inWorkspace(caller, async (tx) => {
      const locked = await lockContacts(tx, caller.workspaceId, [externalId, alias]);
      const [contact, other] = [locked.get(externalId), locked.get(alias)];
      if (!contact || !other) throw notFound('contact');
      if (contact.id !== other.id) {
        await requireGuest(tx, { contact, other });
        await requireJoinable(tx, { contact, other });
        await this.join(tx, caller, { contact, other });
      }
      return contactView(tx, await this.keys(), (await contactById(tx, contact.workspace_id, contact.id)) ?? contact);
    });
  }

  private async join(tx: Tx, caller: Principal, two: TwoContacts): Promise<void> {
    await joinContacts(tx, await this.keys(), two);
    const subject = { kind: 'contact', id: two.contact.id };
    await recordAudit(tx, {
      ...auditActor(caller),
      act: 'contact.merged',
      subject,
      detail: { otherId: two.other.id },
    });
  }

  private async mergedOf(tx: Tx, two: TwoContacts, name: string): Promise<MergedContacts> {
    const { contact, other } = two;
    const { workspace_id: workspaceId, attributes } = contact;
    const people = [contact, other];
    const closures = await closuresOf(tx, await this.keys(), { workspaceId, people });
    const { email } = joinedFacts(two);
    const isSame = other.email?.toLowerCase() === email?.toLowerCase();
    const names = Object.keys(other.attributes).toSorted();
    // An address that cannot be reached says nothing of another one.
    const written = contact.email === null ? other : contact;
    return {
      isJoined: false,
      externalId: contact.external_id,
      other: name,
      ...(await countJoined(tx, two)),
      ending: await runsEndedByJoining(tx, two),
      filled: names.filter((attribute) => !Object.hasOwn(attributes, attribute)),
      kept: names.filter((attribute) => isOther(attributes, other.attributes, attribute)),
      email,
      formerEmail: isSame ? null : other.email,
      isOpen: !people.some(({ id }) =>
        (closures.get(id) ?? []).some((closure) => isKept(closure) || id === written.id),
      ),
    };
  }
}

/** Whether what closes an address, or a person, goes with the person to another address. */
function isKept({ by, reason }: Closure): boolean {
  return by === 'person' || reason !== 'bounced';
}

const nothing = { events: 0, mails: 0, runs: 0, enrollments: 0, ending: [], filled: [], kept: [], formerEmail: null };

type Facts = Readonly<Record<string, unknown>>;

function isOther(own: Facts, theirs: Facts, name: string): boolean {
  return Object.hasOwn(own, name) && JSON.stringify(own[name]) !== JSON.stringify(theirs[name]);
}

function requireTwo(path: string, name: string, externalId: string): void {
  if (name !== externalId) return;
  throw invalid('request.invalid', [
    { path, code: 'contact.sameContact', message: 'A contact cannot be joined with itself; name another one' },
  ]);
}

function unknownOther(name: string): Error {
  const message = `There is no contact “${name}” here: it may have been erased; for an id that nobody has yet use the aliases`;
  return invalid('request.invalid', [{ path: 'other', code: 'contact.notFound', message }]);
}

/** Two people who are both known are joined by those alone who may erase: what is taken for a guest has no address of its own, nor a place in a course. */
async function requireGuest(tx: Tx, { contact, other }: TwoContacts): Promise<void> {
  const hasOwnAddress =
    other.email !== null && contact.email !== null && other.email.toLowerCase() !== contact.email.toLowerCase();
  const { enrollments } = await countJoined(tx, { contact, other });
  const isJoined = (await aliasesOf(tx, other.workspace_id, [other.id])).size > 0;
  if (!hasOwnAddress && enrollments === 0 && !isJoined) return;
  throw conflict(
    'contact.known',
    'Two known people are not joined by an alias: the other one has an address of its own, is enrolled, or has aliases; an operator joins them with merge',
  );
}

async function requireJoinable(tx: Tx, two: TwoContacts): Promise<void> {
  if ((await countJoined(tx, two)).events > limits.joinedEvents)
    throw conflict(
      'contact.tooMuchHistory',
      `The other contact has more than ${limits.joinedEvents} events; join them the other way round, so that it is the one that stays`,
    );
  const runs = await obstaclesToJoining(tx, two);
  if (runs.length > 0)
    throw conflict('contact.inUse', 'Both have a place in one course run; end one of the two enrollments first', {
      runs,
    });
  const bytes = Buffer.byteLength(JSON.stringify(joinedFacts(two).attributes));
  if (bytes > limits.contactAttributesBytes)
    throw conflict(
      'contact.attributesTooLarge',
      `Their attributes together are larger than ${limits.contactAttributesBytes} bytes; remove some of them first`,
    );
}
