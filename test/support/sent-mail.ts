import { noteMails } from '../../platform/db/contacts/mails.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { MasterKeys } from '../../platform/keys/master-keys.ts';
import { mailIdOf } from '../../platform/mail-reports/mail-id.ts';
import type { TestDatabase } from './database.ts';
import { startToyRun } from './toy-runs.ts';

/** A mail that was sent; `about` is what a report quotes of its head. */
export type SentMail = { contactId: string; effectId: string; about: string };

/** A contact with an address of their own, and a mail that went there; `contactId`: one more mail to a contact of before. */
export async function sentMail(database: TestDatabase, keys: MasterKeys, contactId?: string): Promise<SentMail> {
  const { workspaceId, system } = database;
  const run = await startToyRun(database);
  const id = contactId ?? run.contactId;
  const email = `${id}@example.org`;
  await kysely(system).updateTable('run').set({ contact_id: id }).where('id', '=', run.runId).execute();
  if (contactId === undefined)
    await kysely(system).updateTable('contact').set({ email }).where('id', '=', id).execute();
  const effect = await kysely(system)
    .insertInto('effect')
    .values({
      workspace_id: workspaceId,
      key: newId(),
      run_id: run.runId,
      step: 'hello',
      visit: 1,
      generation: 0,
      kind: 'email',
      mode: 'atMostOnce',
      state: 'done',
      request: '{}',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const mail = { effectId: effect.id, contactId: id, recipient: email, subject: 'Hello Ana', bytes: null };
  await inWorkspace(database.app, workspaceId, (tx) => noteMails(tx, workspaceId, [mail]));
  return {
    contactId: id,
    effectId: effect.id,
    about: `Message-ID: <${mailIdOf(keys, effect.id)}@example.com>`,
  };
}
