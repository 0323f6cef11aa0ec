import type { z } from 'zod';
import { type SealedSecret, sealedSecret, type SecretPlace, unsealed } from '../db/access/secrets.ts';
import { readOne } from '../db/core/readings.ts';
import type { Tx } from '../db/core/workspace.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { SealError } from '../keys/seal.ts';

/** Credentials of a workspace's own, and when a person has set them; null where there are none. */
export type Opened<Credentials> = { credentials: Credentials; setAt: Date } | 'unreadable' | null;

/**
 * Opens credentials that are stored as JSON of a schema. `unreadable` are those that no key that was given opens, and those of another shape: then a
 * person enters them again.
 */
export async function openCredentials<Schema extends z.ZodType>(
  tx: Tx,
  keys: MasterKeys,
  place: SecretPlace,
  schema: Schema,
): Promise<Opened<z.output<Schema>>> {
  return openSealed(keys, await readOne(tx, sealedSecret(place)), schema);
}

/** As `openCredentials`, of what was read. */
export function openSealed<Schema extends z.ZodType>(
  keys: MasterKeys,
  sealed: SealedSecret | null,
  schema: Schema,
): Opened<z.output<Schema>> {
  if (sealed === null) return null;
  try {
    const { data } = schema.safeParse(JSON.parse(unsealed(keys, sealed)));
    return data === undefined ? 'unreadable' : { credentials: data, setAt: sealed.setAt };
  } catch (error) {
    if (error instanceof SealError || error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}
