import type { ActionOutput, ActionParams } from '../../contracts/core/actions.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { LoadedAction } from '../effects/load-action.ts';
import { runEffect } from '../effects/run-effect.ts';
import type { CrmClient } from '../providers/crm/crm-client.ts';
import { outcomeOf } from '../providers/provider-error.ts';

/** What the CRM activities need. */
export type CrmDeps = { db: Db; crm: CrmClient };

type InCrm = 'upsertCrm' | 'addCrmNote';
type Person = { externalId: string; email: string | null };

/** The activities that write to the CRM: keyed, so a repeated call changes nothing more. */
export function createCrmActivities({ db, crm }: CrmDeps): Pick<ActionActivities, 'upsertCrm' | 'addCrmNote'> {
  return {
    upsertCrm: (input) =>
      runEffect(db, input, {
        action: 'upsertCrm',
        prepare: ready,
        call: ({ person, params: { set: properties } }, { effect, signal }) =>
          keyed(async () => {
            const { crmId } = await crm.upsertContact({ ...person, properties, idempotencyKey: effect.key, signal });
            return { crmId };
          }),
      }),
    addCrmNote: (input) =>
      runEffect(db, input, {
        action: 'addCrmNote',
        prepare: ready,
        call: ({ person, params: { note: text } }, { effect, signal }) =>
          keyed(async () => {
            const { crmId: crmContactId } = await crm.upsertContact({
              ...person,
              properties: {},
              idempotencyKey: `${effect.key}/contact`,
              signal,
            });
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

async function ready<N extends InCrm>(
  tx: Tx,
  { run, action }: LoadedAction<N>,
): Promise<
  { kind: 'ready'; prepared: { person: Person; params: ActionParams<N> } } | { kind: 'suppressed'; reason: string }
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
  work: () => Promise<ActionOutput<InCrm>>,
): Promise<{ kind: 'done'; result: ActionOutput<InCrm> } | ReturnType<typeof outcomeOf>> {
  try {
    return { kind: 'done', result: await work() };
  } catch (error) {
    return outcomeOf(error, 'keyed');
  }
}
