import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/caller.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { hashedEmail, isSuppressed } from '../../../platform/db/contacts/suppression.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { masterKeys } from '../../../platform/keys/master-keys.ts';
import { unsubscribeToken } from '../../../platform/unsubscribe.ts';

describe('/u/{token}', () => {
  const { database, api } = useTestApi();
  let url: string;
  const email = 'ana@example.com';
  beforeAll(async () => {
    const { workspaceId } = database;
    const contact = await kysely(database.system)
      .insertInto('contact')
      .values({ workspace_id: workspaceId, external_id: 'ana', email })
      .returning('id')
      .executeTakeFirstOrThrow();
    const target = { workspaceId, contactId: contact.id, channel: 'email' as const };
    url = `/u/${unsubscribeToken(masterKeys(api.config), target)}`;
  });

  const isOut = (): Promise<boolean> =>
    inWorkspace(database.app, database.workspaceId, (tx) =>
      isSuppressed(tx, hashedEmail(masterKeys(api.config), database.workspaceId, email)),
    );
  const post = (body: string): Promise<Answer> =>
    api.call({ method: 'POST', url, raw: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });

  it('shows, and changes nothing: mail scanners open links', async () => {
    expect((await api.call({ url })).text).toContain('Stop these mails?');
    expect(await isOut()).toBe(false);
  });

  it('takes the one click of a mail program, without cookie or question, and again', async () => {
    expect((await post('List-Unsubscribe=One-Click')).status).toBe(200);
    expect(await isOut()).toBe(true);
    expect((await post('List-Unsubscribe=One-Click')).status).toBe(200);
    expect((await api.call({ url })).text).toContain('You get no more of these mails');
  });

  it('lets a person come back by its own button', async () => {
    expect((await post('act=resubscribe')).text).toContain('You get these mails again');
    expect(await isOut()).toBe(false);
  });

  it('holds where the address was taken away, and through the next one', async () => {
    const setTo = (next: string | null): Promise<unknown> =>
      kysely(database.system).updateTable('contact').set({ email: next }).where('external_id', '=', 'ana').execute();
    await setTo(null);
    expect((await post('List-Unsubscribe=One-Click')).status).toBe(200);
    await setTo('next@example.com');
    expect((await api.call({ url })).text).toContain('You get no more of these mails');
  });

  it('does not say that none come where the person was erased, as they may have come again (kademi-dev#5109, a sister)', async () => {
    await kysely(database.system).deleteFrom('contact').where('external_id', '=', 'ana').execute();
    await kysely(database.system)
      .insertInto('contact')
      .values({ workspace_id: database.workspaceId, external_id: 'ana', email: 'again@example.com' })
      .execute();
    const { text } = await post('List-Unsubscribe=One-Click');
    expect([text.includes('use the link in the newest one'), text.includes('no more')]).toEqual([true, false]);
  });

  it('knows no token that it did not make', async () => {
    for (const token of ['x', `${url.slice(3)}x`, url.slice(3, -2)]) {
      expect((await api.call({ url: `/u/${token}` })).status).toBe(404);
    }
  });
});
