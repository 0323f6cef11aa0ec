import { sql } from 'kysely';
import { OwnModel } from '../../../contracts/models/models-api.schema.ts';
import { unseal, SealError } from '../../keys/seal.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { recordAudit } from '../access/audit.ts';
import { deleteSecret, holdSecret, setSecret, type SecretActor } from '../access/secrets.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A model of a workspace's own, with what may be shown of its key; `keyEndsWith` is null where it has none. */
export type WorkspaceModel = {
  name: string;
  facts: OwnModel;
  keyEndsWith: string | null;
  setAt: Date;
  setBy: string | null;
};

/** The models of a workspace's own, and whether those of them without a price may be asked. */
export type WorkspaceModels = { models: WorkspaceModel[]; countsUnpriced: boolean };

/** The name of the secret with a model's key. */
const keyName = (model: string): string => `model.${model}`;

/** Holds a model with its key until the end of the transaction, so that nobody gives it a key while it is moved to another host. */
export function holdModel(tx: Tx, { workspaceId, name }: { workspaceId: string; name: string }): Promise<void> {
  return holdSecret(tx, { workspaceId, name: keyName(name) });
}

/** The models of a workspace's own by their names, without their keys. */
export async function findWorkspaceModels(tx: Tx, workspaceId: string): Promise<WorkspaceModels> {
  const rows = await kysely(tx)
    .selectFrom('workspace_model as o')
    .leftJoin('secret as s', (join) =>
      join.onRef('s.workspace_id', '=', 'o.workspace_id').on('s.name', '=', sql<string>`'model.' || o.name`),
    )
    .leftJoin('member as m', (join) =>
      join.onRef('m.workspace_id', '=', 'o.workspace_id').onRef('m.id', '=', 'o.set_by'),
    )
    .select(['o.name', 'o.facts', 'o.set_at as setAt', 'm.name as setBy', 's.ends_with as keyEndsWith'])
    .where('o.workspace_id', '=', workspaceId)
    .orderBy('o.name')
    .execute();
  const policy = await kysely(tx)
    .selectFrom('model_policy')
    .select('counts_unpriced')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return {
    models: rows.map((row) => ({ ...row, facts: OwnModel.parse(row.facts) })),
    countsUnpriced: policy?.counts_unpriced ?? false,
  };
}

/** The keys of a workspace's models, by the models' names; null is one that cannot be opened, as its master key is not given any more. */
export async function openModelKeys(
  tx: Tx,
  keys: MasterKeys,
  workspaceId: string,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await kysely(tx)
    .selectFrom('secret')
    .select(['name', 'ciphertext', 'key_id'])
    .where('workspace_id', '=', workspaceId)
    .where('name', 'like', 'model.%')
    .execute();
  return new Map(
    rows.map(({ name, ciphertext, key_id: keyId }) => {
      const model = name.slice(keyName('').length);
      try {
        return [model, unseal(keys, [workspaceId, name], { ciphertext, keyId })];
      } catch (error) {
        if (error instanceof SealError) return [model, null];
        throw error;
      }
    }),
  );
}

/** Whose model it is, its name, and who changes it, for the audit log. */
type Change = SecretActor & { workspaceId: string; name: string };

/**
 * Sets a model, in the place of one that had the name, and records `model.set`. `apiKey` undefined leaves the key as it is, null
 * deletes it.
 */
export async function setWorkspaceModel(
  tx: Tx,
  keys: MasterKeys,
  change: Change & { facts: OwnModel; apiKey: string | null | undefined },
): Promise<void> {
  const { workspaceId, name, facts, apiKey, actor } = change;
  const set = {
    facts: JSON.stringify(facts),
    set_at: new Date(),
    set_by: actor.kind === 'member' ? actor.id : null,
  };
  await kysely(tx)
    .insertInto('workspace_model')
    .values({ workspace_id: workspaceId, name, ...set })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'name']).doUpdateSet(set))
    .execute();
  if (apiKey === null) await deleteSecret(tx, { ...change, name: keyName(name) });
  if (typeof apiKey === 'string') await setSecret(tx, keys, { ...change, name: keyName(name), value: apiKey });
  await deleteTrial(tx, change);
  await recordModel(tx, 'model.set', change, { url: facts.url, price: facts.price ?? null });
}

/** Removes a model with its key and its trial, and records `model.removed`. @returns whether there was one */
export async function removeWorkspaceModel(tx: Tx, change: Change): Promise<boolean> {
  const { numDeletedRows } = await kysely(tx)
    .deleteFrom('workspace_model')
    .where('workspace_id', '=', change.workspaceId)
    .where('name', '=', change.name)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await deleteSecret(tx, { ...change, name: keyName(change.name) });
  await deleteTrial(tx, change);
  await recordModel(tx, 'model.removed', change, {});
  return true;
}

/** Sets whether models of the workspace's own without a price may be asked, and records `model.policySet` where that is a change. */
export async function setModelPolicy(
  tx: Tx,
  { countsUnpriced, ...change }: Omit<Change, 'name'> & { countsUnpriced: boolean },
): Promise<void> {
  const { rows } = await sql`
    insert into model_policy as p (workspace_id, counts_unpriced) values (${change.workspaceId}, ${countsUnpriced})
    on conflict (workspace_id) do update set counts_unpriced = excluded.counts_unpriced
    where p.counts_unpriced <> excluded.counts_unpriced returning 1`.execute(kysely(tx));
  if (rows.length > 0) await recordModel(tx, 'model.policySet', { ...change, name: 'policy' }, { countsUnpriced });
}

/** What was found out of a model is not true of another that takes its name. */
async function deleteTrial(tx: Tx, { workspaceId, name }: Change): Promise<void> {
  await kysely(tx)
    .deleteFrom('model_trial')
    .where('workspace_id', '=', workspaceId)
    .where('model', '=', name)
    .execute();
}

async function recordModel(
  tx: Tx,
  act: string,
  { workspaceId, actor, name, requestId }: Change,
  detail: NonNullable<Parameters<typeof recordAudit>[1]['detail']>,
): Promise<void> {
  const subject = { kind: 'model', id: name };
  await recordAudit(tx, {
    workspaceId,
    actor,
    act,
    subject,
    detail,
    ...(requestId === undefined ? {} : { requestId }),
  });
}
