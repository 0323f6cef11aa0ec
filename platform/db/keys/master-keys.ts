import { sql } from 'kysely';
import { type KeyConfig, type MasterKeys, masterKey, masterKeys, withKeys } from '../../keys/master-keys.ts';
import { unseal } from '../../keys/seal.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** A key of before is needed and not given: what it sealed, hashed or signed could not be read. */
export class MissingKeyError extends Error {
  constructor(ids: readonly string[]) {
    super(
      `THROUGHLINE_KEY has changed, and the key ${ids.toSorted().join(', ')} of before is still needed: opt-outs, links in mails and stored secrets ` +
        'were made with it. Put it into THROUGHLINE_OLD_KEYS and run `throughline keys rotate`. If it is lost, `throughline keys forget` ' +
        'says what goes with it.',
    );
  }
}

/** Gives the master keys, read once from the database. @throws MissingKeyError, or what Postgres says while it is away */
export type KeySource = () => Promise<MasterKeys>;

/** A source that asks again after a failure. `db` is the system role's, so that no transaction of a request waits for its own pool. */
export function createKeySource(db: Db, config: KeyConfig): KeySource {
  let opened: Promise<MasterKeys> | undefined;
  return () => {
    opened ??= openMasterKeys(db, config).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

/** Looks at the keys when a process starts; a database that is away holds no start up, and the keys are read when they are needed. @throws MissingKeyError */
export async function openAtStart(keys: KeySource, warn: (error: unknown) => void): Promise<void> {
  await keys().catch((error: unknown) => {
    if (error instanceof MissingKeyError) throw error;
    warn(error);
  });
}

/** A key that the installation has used, and what opens it where it is kept sealed. */
export type UsedKey = { id: string; ciphertext: Buffer | null; sealedBy: string | null };

/** The keys of the settings, and those of `used` that are kept sealed by one of them. @throws MissingKeyError where one is not among them */
export function checkKeys(config: KeyConfig, used: readonly UsedKey[]): MasterKeys {
  const keys = withSealed(masterKeys(config), used);
  const known = new Set(keys.all.map(({ id }) => id));
  const missing = used.filter(({ id }) => !known.has(id));
  if (missing.length > 0) throw new MissingKeyError(missing.map(({ id }) => id));
  return keys;
}

/** The keys that can be read by these settings; notes those that are new to the database. @throws MissingKeyError */
export async function openMasterKeys(db: Db, config: KeyConfig): Promise<MasterKeys> {
  const { rows } = await sql<UsedKey>`select id, ciphertext, sealed_by as "sealedBy" from master_key`.execute(
    kysely(db),
  );
  const keys = checkKeys(config, rows);
  const noted = new Set(rows.map(({ id }) => id));
  for (const { id } of keys.all.filter((key) => !noted.has(key.id)))
    await sql`insert into master_key (id) values (${id}) on conflict do nothing`.execute(kysely(db));
  return keys;
}

/** Where a key that is kept stands for its seal. */
export const keptKey = (id: string): string[] => ['master key', id];

/** The keys with those that they open, and those that these open in turn. */
function withSealed(keys: MasterKeys, used: readonly UsedKey[]): MasterKeys {
  const known = new Set(keys.all.map(({ id }) => id));
  const opened = used.flatMap(({ id, ciphertext, sealedBy }) =>
    known.has(id) || ciphertext === null || sealedBy === null || !known.has(sealedBy)
      ? []
      : [masterKey(unseal(keys, keptKey(id), { ciphertext, keyId: sealedBy }))],
  );
  return opened.length === 0 ? keys : withSealed(withKeys(keys, opened), used);
}
