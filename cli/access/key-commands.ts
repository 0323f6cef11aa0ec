import { forgetKey, rotateStored, usesOfOldKeys, type KeyUse } from '../../platform/db/keys/key-rotation.ts';
import { openMasterKeys } from '../../platform/db/keys/master-keys.ts';
import { passwordOf } from '../../platform/db/core/role-logins.ts';
import { isKnownKey, setRolePasswords } from '../../platform/db/migrations/bootstrap.ts';
import { asOperator, operatorConfig } from '../support/operator.ts';
import { CliError, note, say } from '../support/output.ts';

/** Brings everything stored under THROUGHLINE_KEY; may be ended at any time and run again. @throws MissingKeyError, CliError where secrets cannot be opened */
export async function rotateKeys(): Promise<void> {
  await asOperator('tl_system', async (system, config) => {
    const keys = await openMasterKeys(system, config);
    const { secrets, optOuts, left, locked } = await rotateStored(system, keys, note);
    await setRolePasswords(config);
    note(
      `Under the key ${keys.current.id}: ${secrets} secrets sealed and ${optOuts} opt-outs hashed anew, and the database roles.`,
    );
    if (left > 0)
      note(
        `${left} opt-outs are of addresses that no contact has; they are read by their old key, which is kept sealed.`,
      );
    if (locked.length > 0)
      throw new CliError(
        `${locked.length} secrets cannot be opened and stay as they are: ${locked.join(', ')}. All else is under the new key. Enter them again, then rotate again.`,
      );
    say('THROUGHLINE_OLD_KEYS may go once every process has been started with the new THROUGHLINE_KEY.');
  });
}

/** Says what goes with a key of before, and with `isSure` forgets it. @throws CliError where it is in use, or not known */
export async function forgetOldKey(id: string, isSure: boolean): Promise<void> {
  const settings = operatorConfig();
  if ((await passwordOf(settings, 'tl_system')) === null) {
    if (!isSure)
      throw new CliError(
        'The database roles have the password of a key that is not given, so what goes with it cannot be counted. With --yes they get new ones.',
      );
    // With a mistyped id nothing may change: processes that have the right key would lose the database.
    if (!(await isKnownKey(settings, id)))
      throw new CliError(`No key of before has the id ${id}. Nothing has been done.`);
    await setRolePasswords(settings);
  }
  await asOperator('tl_system', async (system, { THROUGHLINE_KEY, THROUGHLINE_OLD_KEYS }) => {
    const uses = await usesOfOldKeys(system, [THROUGHLINE_KEY, ...THROUGHLINE_OLD_KEYS]);
    const use = uses.find((known) => known.id === id);
    if (!use) throw new CliError(`No key of before has the id ${id}. ${known(uses)}`);
    note(
      `With the key ${id} go ${use.secrets} stored secrets, ${use.optOuts} opt-outs, and the links in mails that it signed.`,
    );
    if (!isSure) throw new CliError('Nothing has been done. Say it again with --yes.');
    await forgetKey(system, id);
    say(`The key ${id} is forgotten.`);
  });
}

function known(uses: readonly KeyUse[]): string {
  if (uses.length === 0) return 'There is none besides those of THROUGHLINE_KEY and THROUGHLINE_OLD_KEYS.';
  return `There are ${uses.map(({ id }) => id).join(', ')}; those of THROUGHLINE_KEY and THROUGHLINE_OLD_KEYS are in use.`;
}
