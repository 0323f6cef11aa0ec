import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  ConsentChange,
  Contact,
  ContactChange,
  ContactExport,
  ContactMoment,
  ContactQuery,
  Erasure,
  TimelineQuery,
} from '../../contracts/contacts/contacts-api.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { limits } from '../../contracts/core/limits.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { isZone } from '../../domain/time/time.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { keepAddressClosed, keepOptOut, optIn, optOut } from '../../platform/db/contacts/consents.ts';
import { askErasure, listErasures } from '../../platform/db/contacts/erasures.ts';
import { eraseContact, obstaclesTo } from '../../platform/db/contacts/contact-erasure.ts';
import { exportContact } from '../../platform/db/contacts/contact-export.ts';
import { listMoments } from '../../platform/db/views/contact-timeline.ts';
import { listContacts } from '../../platform/db/views/contacts-list.ts';
import { changeContact, findContact, lockContacts, type ContactRow } from '../../platform/db/contacts/contacts.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { conflict, invalid, notFound } from '../http/errors/app-error.ts';
import { beforeId, decodeCursor, type Page, pageBy, pageById } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { KEYS } from '../http/parts.ts';
import { Store } from '../http/store.ts';
import { contactOf, contactView, knownOf } from './contact-view.ts';

/** The sort key of a timeline: an instant, and what it is. */
const MomentKey = z.tuple([z.iso.datetime(), z.string().max(200)]);

/** Keeps the people of a workspace. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
  ) {}

  async list(caller: Principal, query: ContactQuery): Promise<Page<Contact>> {
    const { workspaceId } = caller;
    const { email = null, q = null, limit } = query;
    const page = { workspaceId, email, q, before: beforeId(query.cursor), limit };
    const { rows, known } = await this.store.inWorkspace(caller, async (tx) => {
      const found = await listContacts(tx, page);
      return { rows: found, known: await knownOf(tx, await this.keys(), workspaceId, found) };
    });
    return pageById(rows, query.limit, (row) => contactOf(row, known));
  }

  async show(caller: Principal, externalId: string): Promise<Contact> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await findContact(tx, caller.workspaceId, externalId);
      if (!row) throw notFound('contact');
      return this.shown(tx, row);
    });
  }

  /** What happened to a person, newest first; of runs only what the caller may read. */
  async timeline(caller: Principal, externalId: string, query: TimelineQuery): Promise<Page<ContactMoment>> {
    const { workspaceId } = caller;
    const [at, id] = query.cursor === undefined ? [] : decodeCursor(query.cursor, MomentKey);
    const before = at === undefined || id === undefined ? null : { at, id };
    const runs = caller.permissions.has('runs:read');
    return this.store.inWorkspace(caller, async (tx) => {
      const contact = await findContact(tx, workspaceId, externalId);
      if (!contact) throw notFound('contact');
      const show = query.show ?? ('all' as const);
      const page = { workspaceId, contactId: contact.id, runs, show, before, limit: query.limit };
      const rows = await listMoments(tx, page);
      return pageBy(
        rows,
        query.limit,
        (row) => [row.at.toISOString(), row.id],
        (row) => ({ ...row, at: row.at.toISOString() }),
      );
    });
  }

  async put(caller: Principal, externalId: string, change: ContactChange): Promise<Contact> {
    requireZone(change.zone);
    return this.store.inWorkspace(caller, async (tx) => {
      const current = await lock(tx, caller, externalId);
      const { attributes, ...fields } = change;
      if (fields.email !== undefined && fields.email !== current.email)
        await keepOptOut(tx, await this.keys(), current);
      const changed = await changeContact(tx, current, { ...fields, attributes: attributes as JsonObject | undefined });
      requireSize(changed);
      // What systems write all day long would drown what people do.
      if (caller.actor.kind === 'member') {
        const detail = { fields: [...Object.keys(fields), ...Object.keys(attributes ?? {})] };
        const subject = { kind: 'contact', id: changed.id };
        await recordAudit(tx, { ...auditActor(caller), act: 'contact.changed', subject, detail });
      }
      return this.shown(tx, changed);
    });
  }

  /** Notes what a person has said about mails; said again it changes nothing but the audit log. */
  async putConsent(caller: Principal, externalId: string, { isOpen, reason }: ConsentChange): Promise<Contact> {
    return this.store.inWorkspace(caller, async (tx) => {
      if (!(await findContact(tx, caller.workspaceId, externalId))) throw notFound('contact');
      const row = await lock(tx, caller, externalId);
      const keys = await this.keys();
      if (isOpen) await optIn(tx, keys, row, { by: 'operator', note: reason });
      else await optOut(tx, keys, row, { reason: 'optedOut', note: reason });
      const act = isOpen ? 'contact.optedIn' : 'contact.optedOut';
      const subject = { kind: 'contact', id: row.id };
      await recordAudit(tx, { ...auditActor(caller), act, subject, detail: { channel: 'email', reason } });
      return this.shown(tx, (await findContact(tx, caller.workspaceId, externalId)) ?? row);
    });
  }

  private async shown(tx: Tx, row: ContactRow): Promise<Contact> {
    return contactView(tx, await this.keys(), row);
  }

  /** All that is kept of a contact; that it was given is audited. */
  async export(caller: Principal, externalId: string): Promise<ContactExport> {
    return this.store.inWorkspace(caller, async (tx) => {
      const row = await findContact(tx, caller.workspaceId, externalId);
      if (!row) throw notFound('contact');
      const { tables, cut } = await exportContact(tx, row);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'contact.exported',
        subject: { kind: 'contact', id: row.id },
      });
      return { exportedAt: new Date().toISOString(), tables, cut };
    });
  }

  async erase(caller: Principal, externalId: string): Promise<void> {
    await this.store.inWorkspace(caller, async (tx) => {
      if (!(await findContact(tx, caller.workspaceId, externalId))) throw notFound('contact');
      const row = await lock(tx, caller, externalId);
      const obstacles = await obstaclesTo(tx, row);
      if (obstacles.length > 0) {
        throw conflict('contact.inUse', 'End its enrollments first', { runs: obstacles });
      }
      await keepAddressClosed(tx, await this.keys(), row);
      await askErasure(tx, row);
      await eraseContact(tx, row);
      await recordAudit(tx, { ...auditActor(caller), act: 'contact.erased', subject: { kind: 'contact', id: row.id } });
    });
  }

  async erasures(caller: Principal, { cursor, limit }: PageQuery): Promise<Page<Erasure>> {
    const page = { workspaceId: caller.workspaceId, before: beforeId(cursor), limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listErasures(tx, page));
    return pageById(rows, limit, (row) => ({
      id: row.id,
      contactId: row.contact_id,
      askedAt: row.asked_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      waitsFor: row.pending.length,
      documents: row.documents,
      refusedRows: row.refused_rows,
      uploads: row.uploads,
      archives: row.archives,
      others: row.others,
    }));
  }
}

async function lock(tx: Tx, caller: Principal, externalId: string): Promise<ContactRow> {
  const row = (await lockContacts(tx, caller.workspaceId, [externalId])).get(externalId);
  if (!row) throw notFound('contact');
  return row;
}

function requireZone(zone: string | null | undefined): void {
  if (zone === undefined || zone === null || isZone(zone)) return;
  throw invalid('request.invalid', [
    { path: 'zone', code: 'contact.unknownZone', message: `“${zone}” is no IANA time zone, such as Europe/Berlin` },
  ]);
}

/** Attributes are read with every turn of a run; larger facts belong elsewhere. */
function requireSize(row: ContactRow): void {
  if (Buffer.byteLength(JSON.stringify(row.attributes)) <= limits.contactAttributesBytes) return;
  throw invalid('request.invalid', [
    {
      path: 'attributes',
      code: 'contact.attributesTooLarge',
      message: `larger than ${limits.contactAttributesBytes} bytes in all`,
    },
  ]);
}
