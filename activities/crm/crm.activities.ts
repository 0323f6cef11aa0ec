import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { LoadedAction } from '../effects/load-action.ts';
import { runEffect } from '../effects/run-effect.ts';
import type { CrmClient, CrmValue } from '../providers/crm/crm-client.ts';
import { outcomeOf } from '../providers/provider-error.ts';

/** What the CRM activities need. */
export type CrmDeps = { db: Db; crm: CrmClient };

type Person = { externalId: string; email: string | null };

/** The activities that write to the CRM: keyed, so a repeated call changes nothing more. */
export function createCrmActivities({ db, crm }: CrmDeps): Pick<ActionActivities, 'upsertCrm' | 'addCrmNote'> {
  return {
    upsertCrm: (input) =>
      runEffect(db, input, {
        kind: 'crm',
        mode: 'keyed',
        prepare: ready,
        call: ({ person, params }, { effect, signal }) =>
          keyed(async () => {
            const properties = (params['set'] ?? {}) as Record<string, CrmValue>;
            const { crmId } = await crm.upsertContact({ ...person, properties, idempotencyKey: effect.key, signal });
            return { crmId };
          }),
      }),
    addCrmNote: (input) =>
      runEffect(db, input, {
        kind: 'crm',
        mode: 'keyed',
        prepare: ready,
        call: ({ person, params }, { effect, signal }) =>
          keyed(async () => {
            const { crmId: crmContactId } = await crm.upsertContact({
              ...person,
              properties: {},
              idempotencyKey: `${effect.key}/contact`,
              signal,
            });
            const words = params['text'] ?? params['note'];
            const text = typeof words === 'string' ? words : '';
            const { crmId } = await crm.addNote({
              crmContactId,
              text,
              at: effect.planned_at.toISOString(),
              idempotencyKey: effect.key,
              signal,
            });
            return { crmId };
          }),
      }),
  };
}

async function ready(
  tx: Tx,
  { run, action }: LoadedAction,
): Promise<
  { kind: 'ready'; prepared: { person: Person; params: JsonObject } } | { kind: 'suppressed'; reason: string }
> {
  if (run.contact_id === null) return { kind: 'suppressed', reason: 'the run has no contact' };
  const contact = await contactById(tx, run.workspace_id, run.contact_id);
  if (!contact) return { kind: 'suppressed', reason: 'the contact was erased' };
  return {
    kind: 'ready',
    prepared: { person: { externalId: contact.external_id, email: contact.email }, params: action.params },
  };
}

async function keyed(
  work: () => Promise<JsonObject>,
): Promise<{ kind: 'done'; result: JsonObject } | ReturnType<typeof outcomeOf>> {
  try {
    return { kind: 'done', result: await work() };
  } catch (error) {
    return outcomeOf(error, 'keyed');
  }
}
