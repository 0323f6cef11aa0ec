import type { ActionOutput, ActionParams } from '../../contracts/core/actions.ts';
import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import type { EffectRow } from '../../platform/db/runs/effects.ts';
import { closeIncident, openIncident } from '../../platform/db/runs/incidents.ts';
import type { LoadedAction } from '../effects/load-action.ts';
import { runEffect } from '../effects/run-effect.ts';
import type { CrmOf } from './crm-of-workspace.ts';
import type { CrmClient } from '../providers/crm/crm-client.ts';
import { crmValues } from '../providers/crm/crm-values.ts';
import { outcomeOf, ProviderError } from '../providers/provider-error.ts';

/** What the CRM activities need. */
export type CrmDeps = { db: Db; crmOf: CrmOf };

/** The kind of the incident while the CRM refuses the key of a workspace. */
const KEY_REFUSED = 'crm.keyRefused';

type InCrm = 'upsertCrm' | 'addCrmNote';
type Prepared<N extends InCrm> = { person: Person; params: ActionParams<N>; workspaceId: string; crm: CrmClient };
type Person = { externalId: string; email: string | null };

/** The activities that write to the CRM: keyed, so a repeated call changes nothing more. */
export function createCrmActivities({ db, crmOf }: CrmDeps): Pick<ActionActivities, 'upsertCrm' | 'addCrmNote'> {
  /** What a call came to. A key that is refused is an incident of the workspace, and the call waits and is made again. */
  async function keyed(
    { workspace_id: workspaceId }: EffectRow,
    work: () => Promise<ActionOutput<InCrm>>,
  ): Promise<CallOutcome<ActionOutput<InCrm>>> {
    try {
      return { kind: 'done', result: await work() };
    } catch (error) {
      if (error instanceof ProviderError && error.failure.kind === 'misconfigured') {
        const incident = { workspaceId, runId: null, kind: KEY_REFUSED, message: error.failure.message };
        await inWorkspace(db, workspaceId, (tx) => openIncident(tx, incident)).catch(() => undefined);
      }
      return outcomeOf(error, 'keyed');
    }
  }
  return {
    upsertCrm: (input) =>
      runEffect(db, input, {
        action: 'upsertCrm',
        prepare: (tx, open) => ready(crmOf, tx, open),
        record: (tx, { workspaceId }) => isWell(tx, workspaceId),
        call: ({ person, crm, params: { set } }, { effect, signal }) =>
          keyed(effect, async () => {
            const properties = crmValues(set);
            const { crmId } = await crm.upsertContact({ ...person, properties, idempotencyKey: effect.key, signal });
            return { crmId };
          }),
      }),
    addCrmNote: (input) =>
      runEffect(db, input, {
        action: 'addCrmNote',
        prepare: (tx, open) => ready(crmOf, tx, open),
        record: (tx, { workspaceId }) => isWell(tx, workspaceId),
        call: ({ person, crm, params: { note: text } }, { effect, signal }) =>
          keyed(effect, async () => {
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
  crmOf: CrmOf,
  tx: Tx,
  { run, action }: LoadedAction<N>,
): Promise<{ kind: 'ready'; prepared: Prepared<N> } | { kind: 'suppressed'; reason: string }> {
  if (run.contact_id === null) return { kind: 'suppressed', reason: 'the run has no contact' };
  const contact = await contactById(tx, run.workspace_id, run.contact_id);
  if (!contact) return { kind: 'suppressed', reason: 'the contact was erased' };
  return {
    kind: 'ready',
    prepared: {
      person: { externalId: contact.external_id, email: contact.email },
      params: action.params,
      workspaceId: run.workspace_id,
      crm: await crmOf(tx, run.workspace_id),
    },
  };
}

/** A call that went through ends the incident of a key that was refused. */
async function isWell(tx: Tx, workspaceId: string): Promise<void> {
  await closeIncident(tx, { workspaceId, runId: null, kind: KEY_REFUSED });
}
