import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type {
  Contact,
  ContactChange,
  ContactMoment,
  ContactQuery,
} from '../../contracts/contacts/contacts-api.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { limits } from '../../contracts/core/limits.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { isZone } from '../../domain/time/time.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { eraseContact, obstaclesTo } from '../../platform/db/contacts/contact-erasure.ts';
import { nameOf } from '../../platform/db/contacts/contact-name.ts';
import { listMoments } from '../../platform/db/views/contact-timeline.ts';
import { listContacts } from '../../platform/db/views/contacts-list.ts';
import { changeContact, findContact, lockContacts, type ContactRow } from '../../platform/db/contacts/contacts.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { conflict, invalid, notFound } from '../http/errors/app-error.ts';
import { beforeId, decodeCursor, type Page, pageBy, pageById } from '../http/request/paging.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

/** The sort key of a timeline: an instant, and what it is. */
const MomentKey = z.tuple([z.iso.datetime(), z.string().max(200)]);

/** Keeps the people of a workspace. */
@Injectable()
export class ContactsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: ContactQuery): Promise<Page<Contact>> {
    const { workspaceId } = caller;
    const { email = null, q = null, limit } = query;
    const page = { workspaceId, email, q, before: beforeId(query.cursor), limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listContacts(tx, page));
    return pageById(rows, query.limit, contactOf);
  }

  async show(caller: Principal, externalId: string): Promise<Contact> {
    const row = await this.store.inWorkspace(caller, (tx) => findContact(tx, caller.workspaceId, externalId));
    if (!row) throw notFound('contact');
    return contactOf(row);
  }

  /** What happened to a person, newest first; of runs only what the caller may read. */
  async timeline(caller: Principal, externalId: string, query: PageQuery): Promise<Page<ContactMoment>> {
    const { workspaceId } = caller;
    const [at, id] = query.cursor === undefined ? [] : decodeCursor(query.cursor, MomentKey);
    const before = at === undefined || id === undefined ? null : { at, id };
    const runs = caller.permissions.has('runs:read');
    return this.store.inWorkspace(caller, async (tx) => {
      const contact = await findContact(tx, workspaceId, externalId);
      if (!contact) throw notFound('contact');
      const page = { workspaceId, contactId: contact.id, runs, before, limit: query.limit };
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
    const row = await this.store.inWorkspace(caller, async (tx) => {
      const current = await lock(tx, caller, externalId);
      const { attributes, ...fields } = change;
      const changed = await changeContact(tx, current, { ...fields, attributes: attributes as JsonObject | undefined });
      requireSize(changed);
      // What systems write all day long would drown what people do.
      if (caller.actor.kind === 'member') {
        const detail = { fields: [...Object.keys(fields), ...Object.keys(attributes ?? {})] };
        const subject = { kind: 'contact', id: changed.id };
        await recordAudit(tx, { ...auditActor(caller), act: 'contact.changed', subject, detail });
      }
      return changed;
    });
    return contactOf(row);
  }

  async erase(caller: Principal, externalId: string): Promise<void> {
    await this.store.inWorkspace(caller, async (tx) => {
      if (!(await findContact(tx, caller.workspaceId, externalId))) throw notFound('contact');
      const row = await lock(tx, caller, externalId);
      const obstacles = await obstaclesTo(tx, row);
      if (obstacles.length > 0) {
        throw conflict('contact.inUse', 'End its enrollments first', { runs: obstacles });
      }
      await eraseContact(tx, row);
      await recordAudit(tx, { ...auditActor(caller), act: 'contact.erased', subject: { kind: 'contact', id: row.id } });
    });
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

function contactOf(row: ContactRow): Contact {
  return {
    id: row.id,
    externalId: row.external_id,
    name: nameOf(row.attributes),
    email: row.email,
    zone: row.zone,
    attributes: row.attributes,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    rev: Number(row.rev),
  };
}
