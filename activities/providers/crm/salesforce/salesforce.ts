import { z } from 'zod';
import { shorten } from '../../../../domain/words/shorten.ts';
import type { JsonReply } from '../../http-json.ts';
import { ProviderError } from '../../provider-error.ts';
import { createCrmCaller, crmFailure, dayLimitFailure } from '../crm-call.ts';
import type { CrmClient, CrmConfig } from '../crm-client.ts';
import { createFieldWriter } from '../crm-values.ts';

const Upserted = z.looseObject({ id: z.string(), created: z.boolean().optional() });
const Described = z.looseObject({ fields: z.array(z.looseObject({ name: z.string(), type: z.string() })) });
const Errors = z.array(z.looseObject({ errorCode: z.string() }));

/** Characters of a last name there. */
const maxNameLength = 80;

const salesforceFields = { firstName: 'FirstName', lastName: 'LastName', phone: 'Phone' };
/** Codes of a 403 about one record or one of its fields; every other 403 is about the connected user, or the organisation. */
const ofThisRecord = new Set([
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'TRANSFER_REQUIRES_READ',
]);
/** The version whose upsert answers with the id also on an update (since v46). */
const apiPath = '/services/data/v61.0/sobjects';

/**
 * Salesforce by its REST API, `baseUrl` being the instance (https://x.my.salesforce.com). Contact needs an external id field
 * (`Throughline_Id__c`), Task one for the key of a note (`Throughline_Key__c`).
 */
export function createSalesforceClient(config: CrmConfig): CrmClient {
  const call = createCrmCaller(config);
  const externalIdField = config.externalIdField ?? 'Throughline_Id__c';
  const noteKeyField = config.noteKeyField ?? 'Throughline_Key__c';
  const write = createFieldWriter({ ...salesforceFields, ...config.fields }, async (field, signal) => {
    const path = `${apiPath}/Contact/describe`;
    const reply = await call({ method: 'GET', path, ...(signal === undefined ? {} : { signal }) });
    if (reply.status !== 200) throw failureOf(reply);
    const described = Described.safeParse(reply.json).data?.fields.find(({ name }) => name === field);
    return described?.type === 'multipicklist';
  });

  async function upsert(
    path: string,
    body: Record<string, string | number | boolean>,
    signal: AbortSignal | undefined,
  ): Promise<JsonReply> {
    return call({ method: 'PATCH', path: `${apiPath}/${path}`, body, ...(signal === undefined ? {} : { signal }) });
  }

  return {
    async upsertContact({ externalId, email, properties, signal }) {
      const body = { ...(await write(properties, signal)), ...(email === null ? {} : { Email: email }) };
      const path = `Contact/${externalIdField}/${encodeURIComponent(externalId)}`;
      const first = await upsert(path, body, signal);
      const isNameless = errorCodes(first).includes('REQUIRED_FIELD_MISSING') && !('LastName' in body);
      // Salesforce creates no contact without a last name, and we do not have one for everyone.
      const reply = isNameless
        ? await upsert(path, { ...body, LastName: shorten(email ?? externalId, maxNameLength) }, signal)
        : first;
      const { id, created } = upserted(reply);
      return { crmId: id, isNew: created ?? reply.status === 201 };
    },
    async addNote({ crmContactId, text, at, idempotencyKey, signal }) {
      const task = {
        WhoId: crmContactId,
        Subject: 'Note',
        Description: text,
        Status: 'Completed',
        ActivityDate: at.slice(0, 10),
      };
      const reply = await upsert(`Task/${noteKeyField}/${encodeURIComponent(idempotencyKey)}`, task, signal);
      return { crmId: upserted(reply).id };
    },
  };
}

function upserted(reply: JsonReply): z.infer<typeof Upserted> {
  if (reply.status === 200 || reply.status === 201) {
    const parsed = Upserted.safeParse(reply.json);
    if (parsed.success) return parsed.data;
  }
  throw failureOf(reply);
}

function failureOf(reply: JsonReply): ProviderError {
  const codes = errorCodes(reply);
  if (codes.includes('REQUEST_LIMIT_EXCEEDED') && reply.status !== 429) return dayLimitFailure();
  const refused = reply.status === 403 ? codes.find((code) => ofThisRecord.has(code)) : undefined;
  if (refused !== undefined) {
    const message = `The connected user may not write this record of the CRM (403, ${refused}).`;
    return new ProviderError({ kind: 'rejected', code: 'crm.no_access', message });
  }
  if (codes.includes('UNABLE_TO_LOCK_ROW')) {
    return new ProviderError({
      kind: 'transient',
      code: 'crm.locked',
      message: 'The row is being changed by another user.',
    });
  }
  if (codes.includes('DUPLICATES_DETECTED') || reply.status === 300) {
    return new ProviderError({
      kind: 'rejected',
      code: 'crm.duplicate',
      message: 'The CRM has several contacts that this could be.',
    });
  }
  return crmFailure(reply);
}

function errorCodes(reply: JsonReply): string[] {
  return Errors.safeParse(reply.json).data?.map((error) => error.errorCode) ?? [];
}
