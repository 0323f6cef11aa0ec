import { z } from 'zod';
import { toText } from '../../../../domain/conditions/values.ts';
import type { JsonReply } from '../../http-json.ts';
import { ProviderError } from '../../provider-error.ts';
import { createCrmCaller, crmFailure, dayLimitFailure } from '../crm-call.ts';
import type { CrmClient, CrmConfig } from '../crm-client.ts';
import { createFieldWriter } from '../crm-values.ts';

const Upserted = z.looseObject({
  results: z.array(z.looseObject({ id: z.string(), new: z.boolean().optional() })),
  errors: z.array(z.looseObject({ category: z.string().optional() })).optional(),
});
const Property = z.looseObject({ fieldType: z.string() });
const Failed = z.looseObject({
  category: z.string().optional(),
  policyName: z.string().optional(),
  context: z
    .looseObject({
      requiredGranularScopes: z.array(z.string()).optional(),
      requiredScopes: z.array(z.string()).optional(),
    })
    .optional(),
});

const hubspotFields = {
  firstName: 'firstname',
  lastName: 'lastname',
  lifecycle: 'lifecyclestage',
  company: 'company',
  phone: 'phone',
};

/**
 * HubSpot by its CRM API v3, `baseUrl` without a path (https://api.hubapi.com). Contacts need a unique property for the external id
 * (`throughline_id`), notes one for the key (`throughline_key`): HubSpot has no idempotency keys of its own.
 */
export function createHubspotClient(config: CrmConfig): CrmClient {
  const call = createCrmCaller(config);
  const externalIdField = config.externalIdField ?? 'throughline_id';
  const noteKeyField = config.noteKeyField ?? 'throughline_key';
  const write = createFieldWriter({ ...hubspotFields, ...config.fields }, async (field, signal) => {
    const path = `/crm/v3/properties/contacts/${encodeURIComponent(field)}`;
    const reply = await call({ method: 'GET', path, ...(signal === undefined ? {} : { signal }) });
    if (reply.status === 404) return false;
    if (reply.status !== 200) throw failureOf(reply);
    return Property.safeParse(reply.json).data?.fieldType === 'checkbox';
  });

  async function upsert(input: {
    type: 'contacts' | 'notes';
    idProperty: string;
    id: string;
    properties: Record<string, string | number | boolean>;
    signal?: AbortSignal;
  }): Promise<{ kind: 'done'; crmId: string; isNew: boolean } | { kind: 'conflict'; reply: JsonReply }> {
    const { type, signal, ...item } = input;
    const properties = Object.fromEntries(
      Object.entries(item.properties).map(([name, value]) => [name, toText(value)]),
    );
    const reply = await call({
      method: 'POST',
      path: `/crm/v3/objects/${type}/batch/upsert`,
      body: { inputs: [{ ...item, properties }] },
      ...(signal === undefined ? {} : { signal }),
    });
    if (isConflict(reply)) return { kind: 'conflict', reply };
    if (reply.status !== 200 && reply.status !== 201 && reply.status !== 207) throw failureOf(reply);
    // A batch request may succeed while its one row fails (207).
    const upserted = Upserted.safeParse(reply.json);
    if (!upserted.success) throw failureOf(reply);
    const [result] = upserted.data.results;
    if (result !== undefined) return { kind: 'done', crmId: result.id, isNew: result.new ?? false };
    throw new ProviderError({ kind: 'rejected', code: 'crm.row_refused', message: 'The CRM refused the row.' });
  }

  return {
    async upsertContact({ externalId, email, properties, signal }) {
      const own = {
        ...(await write(properties, signal)),
        ...(email === null ? {} : { email }),
        [externalIdField]: externalId,
      };
      const common = { type: 'contacts' as const, properties: own, ...(signal === undefined ? {} : { signal }) };
      const first = await upsert({ ...common, idProperty: externalIdField, id: externalId });
      if (first.kind === 'done') return { crmId: first.crmId, isNew: first.isNew };
      if (email === null) throw failureOf(first.reply);
      // Another client made a contact with this email: it becomes ours.
      const second = await upsert({ ...common, idProperty: 'email', id: email });
      if (second.kind === 'done') return { crmId: second.crmId, isNew: second.isNew };
      throw failureOf(second.reply);
    },
    async addNote({ crmContactId, text, at, idempotencyKey, signal }) {
      const common = signal === undefined ? {} : { signal };
      const properties = { hs_note_body: text, hs_timestamp: at };
      const note = await upsert({ ...common, type: 'notes', idProperty: noteKeyField, id: idempotencyKey, properties });
      if (note.kind === 'conflict') throw failureOf(note.reply);
      // Repeated on every try: making the association again changes nothing.
      const path = `/crm/v4/objects/notes/${note.crmId}/associations/default/contacts/${encodeURIComponent(crmContactId)}`;
      const reply = await call({ ...common, method: 'PUT', path });
      if (reply.status >= 300 || reply.json === undefined) throw failureOf(reply);
      return { crmId: note.crmId };
    },
  };
}

/** HubSpot says of a 429 which limit it was, and of a 403 which scopes the app lacks: one app may write contacts and no notes. */
function failureOf(reply: JsonReply): ProviderError {
  const said = Failed.safeParse(reply.json).data;
  if (reply.status === 429 && said?.policyName === 'DAILY') return dayLimitFailure();
  const { requiredGranularScopes, requiredScopes } = said?.context ?? {};
  const scopes = requiredGranularScopes ?? requiredScopes ?? [];
  if (reply.status !== 403 || said?.category !== 'MISSING_SCOPES' || scopes.length === 0) return crmFailure(reply);
  const message = `The key lacks scopes of HubSpot (403): give its app ${scopes.slice(0, 10).join(', ')}.`;
  return new ProviderError({ kind: 'misconfigured', code: 'crm.missing_scope', message });
}

function isConflict(reply: JsonReply): boolean {
  if (reply.status === 409) return Failed.safeParse(reply.json).data?.category === 'CONFLICT';
  if (reply.status !== 207) return false;
  return Upserted.safeParse(reply.json).data?.errors?.some((error) => error.category === 'CONFLICT') ?? false;
}
