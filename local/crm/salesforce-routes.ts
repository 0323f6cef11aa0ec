import { z } from 'zod';
import { parseJson, type DoubleReply, type DoubleRequest } from '../control/http-server.ts';
import type { CrmStore } from './crm-store.ts';

const Fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/**
 * Salesforce: upsert of a Contact or a Task by an external id field. 201 for a new object, 200 for a known one; a new Contact
 * without LastName is refused, as Salesforce does. The description of Contact says what its fields take.
 */
export function answerSalesforce(request: DoubleRequest, store: CrmStore): DoubleReply {
  if (request.method === 'GET' && describePath.test(request.url.pathname)) return describe(store);
  const path = /^\/services\/data\/v\d+\.0\/sobjects\/(Contact|Task)\/(\w+)\/([^/]+)$/.exec(request.url.pathname);
  const [, type, field, encodedId] = path ?? [];
  if (request.method !== 'PATCH' || type === undefined || field === undefined || encodedId === undefined) {
    return salesforceFailure(404, undefined);
  }
  const id = decodeURIComponent(encodedId);
  const parsed = Fields.safeParse(parseJson(request.body));
  if (!parsed.success) return salesforceFailure(400, undefined);
  const properties = {
    ...Object.fromEntries(
      Object.entries(parsed.data).map(([key, value]) => [key, value === null ? '' : String(value)]),
    ),
    [field]: id,
  };
  const existing = store.find(type, field, id);
  if (existing !== undefined) {
    store.update({ object: existing, key: id, properties });
    return { status: 200, json: { id: existing.id, success: true, errors: [], created: false } };
  }
  if (type === 'Contact' && !properties['LastName']) return missingName();
  const object = store.create({ type, key: id, properties });
  return { status: 201, json: { id: object.id, success: true, errors: [], created: true } };
}

const describePath = /^\/services\/data\/v\d+\.0\/sobjects\/Contact\/describe$/;

/** The fields of contacts that are there, and those of several choices. */
function describe(store: CrmStore): DoubleReply {
  const several = store.choiceFields('Contact');
  const names = new Set([
    'LastName',
    'Throughline_Id__c',
    ...several,
    ...store.list('Contact').flatMap((each) => Object.keys(each.properties)),
  ]);
  const fields = [...names].map((name) => ({
    name,
    type: several.includes(name) ? 'multipicklist' : 'string',
    externalId: name.startsWith('Throughline_'),
    caseSensitive: name.startsWith('Throughline_'),
  }));
  return { status: 200, json: { name: 'Contact', fields } };
}

/** An error as Salesforce words it: an array, with the code as a word. */
export function salesforceFailure(status: number, retryAfterSeconds: number | undefined): DoubleReply {
  const codes: Record<number, string> = {
    401: 'INVALID_SESSION_ID',
    403: 'REQUEST_LIMIT_EXCEEDED',
    404: 'NOT_FOUND',
    409: 'DUPLICATE_VALUE',
    429: 'REQUEST_LIMIT_EXCEEDED',
  };
  return {
    status,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    json: [
      { errorCode: codes[status] ?? (status >= 500 ? 'SERVER_UNAVAILABLE' : 'JSON_PARSER_ERROR'), message: 'Refused.' },
    ],
  };
}

function missingName(): DoubleReply {
  const error = {
    errorCode: 'REQUIRED_FIELD_MISSING',
    message: 'Required fields are missing: [LastName]',
    fields: ['LastName'],
  };
  return { status: 400, json: [error] };
}
