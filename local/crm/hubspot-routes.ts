import { z } from 'zod';
import { parseJson, type DoubleReply, type DoubleRequest } from '../control/http-server.ts';
import type { CrmObject, CrmStore } from './crm-store.ts';

const Properties = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const BatchUpsert = z.looseObject({
  inputs: z
    .array(z.looseObject({ idProperty: z.string(), id: z.string(), properties: Properties }))
    .min(1)
    .max(100),
});
const CreateNote = z.looseObject({ properties: Properties, associations: z.array(z.unknown()).optional() });

/**
 * HubSpot: batch upsert of contacts and notes by a unique property, a single note, the default association of a note with
 * a contact, what a property of contacts takes. A contact whose email belongs to another one is refused with 409, as HubSpot does.
 */
export function answerHubspot(request: DoubleRequest, store: CrmStore): DoubleReply {
  const path = request.url.pathname;
  const upsert = /^\/crm\/v3\/objects\/(contacts|notes)\/batch\/upsert$/.exec(path);
  if (request.method === 'POST' && upsert?.[1] !== undefined) return batchUpsert(upsert[1], request.body, store);
  if (request.method === 'POST' && path === '/crm/v3/objects/notes') return createNote(request.body, store);
  const property = /^\/crm\/v3\/properties\/contacts\/([^/]+)$/.exec(path)?.[1];
  if (request.method === 'GET' && property !== undefined) return describe(decodeURIComponent(property), store);
  const association = /^\/crm\/v4\/objects\/notes\/(\d+)\/associations\/default\/contacts\/(\d+)$/.exec(path);
  if (request.method === 'PUT' && association?.[1] !== undefined && association[2] !== undefined) {
    return associate(association[1], association[2], store);
  }
  return hubspotFailure(404, undefined);
}

/** An error as HubSpot words it. */
export function hubspotFailure(status: number, retryAfterSeconds: number | undefined, message?: string): DoubleReply {
  const category =
    status === 429
      ? 'RATE_LIMITS'
      : status === 409
        ? 'CONFLICT'
        : status === 401
          ? 'EXPIRED_AUTHENTICATION'
          : 'VALIDATION_ERROR';
  return {
    status,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    json: { status: 'error', message: message ?? 'Refused on purpose.', correlationId: 'double', category },
  };
}

/** A batch that HubSpot took, with an error for its only row. */
export function hubspotPartial(): DoubleReply {
  const error = { status: 'error', category: 'VALIDATION_ERROR', message: 'Property values were not valid' };
  return { status: 207, json: { status: 'COMPLETE', results: [], numErrors: 1, errors: [error] } };
}

function batchUpsert(type: string, body: string, store: CrmStore): DoubleReply {
  const parsed = BatchUpsert.safeParse(parseJson(body));
  if (!parsed.success) return hubspotFailure(400, undefined, 'Invalid input JSON.');
  const results: unknown[] = [];
  for (const input of parsed.data.inputs) {
    const properties = { ...textProperties(input.properties), [input.idProperty]: input.id };
    const existing = store.find(type, input.idProperty, input.id);
    const owner = properties['email'] === undefined ? undefined : store.find(type, 'email', properties['email']);
    if (owner !== undefined && owner.id !== existing?.id) {
      return hubspotFailure(409, undefined, `Contact already exists. Existing ID: ${owner.id}`);
    }
    const object =
      existing === undefined
        ? store.create({ type, key: input.id, properties })
        : store.update({ object: existing, key: input.id, properties });
    results.push({ ...shown(object), new: existing === undefined });
  }
  return { status: 200, json: { status: 'COMPLETE', results } };
}

function describe(name: string, store: CrmStore): DoubleReply {
  const hasChoices = store.choiceFields('contacts').includes(name);
  const [type, fieldType] = hasChoices ? ['enumeration', 'checkbox'] : ['string', 'text'];
  return {
    status: 200,
    json: {
      name,
      label: name,
      type,
      fieldType,
      groupName: 'contactinformation',
      hasUniqueValue: name.startsWith('throughline_'),
    },
  };
}

function createNote(body: string, store: CrmStore): DoubleReply {
  const parsed = CreateNote.safeParse(parseJson(body));
  if (!parsed.success) return hubspotFailure(400, undefined, 'Invalid input JSON.');
  const properties = textProperties(parsed.data.properties);
  const note = store.create({ type: 'notes', key: properties['hs_note_body']?.slice(0, 80) ?? '', properties });
  return { status: 201, json: shown(note) };
}

function associate(noteId: string, contactId: string, store: CrmStore): DoubleReply {
  const note = store.get('notes', noteId);
  if (note === undefined || store.get('contacts', contactId) === undefined) return hubspotFailure(404, undefined);
  if (note.properties['contact'] !== contactId) {
    store.update({ object: note, key: noteId, properties: { contact: contactId } });
  }
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 202 }];
  return {
    status: 200,
    json: { status: 'COMPLETE', results: [{ from: { id: noteId }, to: { id: contactId }, associationSpec: types[0] }] },
  };
}

function shown(object: CrmObject): Record<string, unknown> {
  return {
    id: object.id,
    properties: object.properties,
    createdAt: object.createdAt,
    updatedAt: object.updatedAt,
    archived: false,
  };
}

function textProperties(properties: z.infer<typeof Properties>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, value === null ? '' : String(value)]),
  );
}
