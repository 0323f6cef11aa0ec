import type { Consent, Contact } from '../../contracts/contacts/contacts-api.schema.ts';
import { type Alias, aliasesOf } from '../../platform/db/contacts/aliases.ts';
import { type Closure, closuresOf } from '../../platform/db/contacts/consents.ts';
import { nameOf } from '../../platform/db/contacts/contact-name.ts';
import type { ContactRow } from '../../platform/db/contacts/contacts.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { MasterKeys } from '../../platform/keys/master-keys.ts';

/** What is known of contacts beside their rows, by their ids. */
type Known = { closures: Map<string, Closure[]>; aliases: Map<string, Alias[]> };

/** Reads what the API shows of contacts beside their rows. */
export async function knownOf(
  tx: Tx,
  keys: MasterKeys,
  workspaceId: string,
  people: readonly ContactRow[],
): Promise<Known> {
  const closures = await closuresOf(tx, keys, { workspaceId, people });
  const ids = people.map(({ id }) => id);
  return { closures, aliases: await aliasesOf(tx, workspaceId, ids) };
}

/** One contact as the API shows it. */
export async function contactView(tx: Tx, keys: MasterKeys, row: ContactRow): Promise<Contact> {
  return contactOf(row, await knownOf(tx, keys, row.workspace_id, [row]));
}

function consentOf(closures: readonly Closure[]): Consent {
  const [closure] = closures;
  if (!closure) return { channel: 'email', isOpen: true, reason: null, note: null, since: null };
  const { reason, note, since } = closure;
  return { channel: 'email', isOpen: false, reason, note, since: since.toISOString() };
}

/** A contact as the API shows it. */
export function contactOf(row: ContactRow, { closures, aliases }: Known): Contact {
  return {
    id: row.id,
    externalId: row.external_id,
    name: nameOf(row.attributes),
    email: row.email,
    zone: row.zone,
    attributes: row.attributes,
    consents: [consentOf(closures.get(row.id) ?? [])],
    aliases: (aliases.get(row.id) ?? []).map(({ externalId, at }) => ({ externalId, at: at.toISOString() })),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    rev: Number(row.rev),
  };
}
