import { afterEach, describe, expect, it, vi } from 'vitest';
import { mailSender } from '../../platform/db/access/mail-sender.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { readOne } from '../../platform/db/core/readings.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { setSender } from './mail-sender.ts';

describe('the sender of a workspace', () => {
  const { database } = useTestApi();
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('is set by the operator, out of those of the settings, and back', async () => {
    const { workspaceId, app, system, config } = database;
    for (const name of ['DATABASE_URL', 'THROUGHLINE_KEY'] as const) vi.stubEnv(name, config[name]);
    vi.stubEnv('MAIL_FROM', 'House <house@example.com>');
    vi.stubEnv('MAIL_SENDERS', '"Music, School of" <music@example.com>, help@example.com');
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const workspace = kysely(system).selectFrom('workspace').select('slug').where('id', '=', workspaceId);
    const { slug } = await workspace.executeTakeFirstOrThrow();
    const found = () => inWorkspace(app, workspaceId, (tx) => readOne(tx, mailSender(workspaceId)));

    await setSender(slug, { from: 'MUSIC@example.com', name: 'Anna', replyTo: 'help@example.com' });
    expect(await found()).toEqual({ from: 'MUSIC@example.com', name: 'Anna', replyTo: 'help@example.com' });
    expect(String(write.mock.lastCall?.[0])).toContain('come from Anna <MUSIC@example.com>; answers go to help@');
    for (const options of [{ from: 'chief@example.com' }, { replyTo: 'chief@example.com' }])
      await expect(setSender(slug, options)).rejects.toThrow(
        'chief@example.com is not among MAIL_FROM and MAIL_SENDERS',
      );
    await expect(setSender('no-such-workspace', {})).rejects.toThrow('There is no workspace no-such-workspace.');
    await setSender(slug, {});
    expect(await found()).toEqual({ from: null, name: null, replyTo: null });
  });
});
