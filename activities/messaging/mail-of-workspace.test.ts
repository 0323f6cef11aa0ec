import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailServer } from '../../contracts/access/connections-api.schema.ts';
import { MAIL_SECRET } from '../../platform/connections/mail-connection.ts';
import { deleteSecret, setSecret } from '../../platform/db/access/secrets.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { readOne } from '../../platform/db/core/readings.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { keepServiceIncidents } from '../../platform/db/runs/incidents.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { effectOfMailId } from '../../platform/mail-reports/mail-id.ts';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../../test/support/database.ts';
import '../../test/support/quiet-runtime.ts';
import { createSmtpServers } from '../../test/support/smtp-servers.ts';
import { mailApp, startTokenServer, type TokenServer } from '../../test/support/token-server.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { createMailOf, storedMail } from './mail-of-workspace.ts';
import { createMessagingActivities } from './messaging.activities.ts';

const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });

describe('a mail of a workspace with a mail server of its own', () => {
  let database: TestDatabase;
  let mails: ReturnType<typeof createMailOf>;
  const servers = createSmtpServers();
  beforeAll(async () => {
    database = await createTestDatabase();
    mails = routes();
  });
  afterAll(async () => {
    await mails?.close();
    await servers.stop();
    await database?.stop();
  });

  const installed: string[] = [];
  const installation = {
    email: {
      async send({ envelope, fence }: { envelope: { from: string }; fence: () => Promise<boolean> }) {
        if (!(await fence())) return { kind: 'fenced' as const };
        installed.push(envelope.from);
        return { kind: 'sent' as const, reply: '250', serverMessageId: null };
      },
      close: () => Promise.resolve(),
    },
    signing: { messageIdDomain: 'us.example', messageIdSecret: TEST_KEY },
    senders: [{ name: 'Us', address: 'hello@us.example' }] as const,
    returnPath: 'returns+*@us.example',
  };
  const source = () => Promise.resolve(keys);
  const config = { STAND_INS: 'email', SMTP_CONNECTIONS: 2, SMTP_MAILS_PER_CONNECTION: 10 };
  /** As a worker makes them when it starts. */
  const routes = () => createMailOf({ db: database.app, keys: source, config, installation });

  /** A mail server that knows one user, and what came to it. */
  async function serve(user: string, tokens?: TokenServer): Promise<{ port: number; received: string[] }> {
    const received: string[] = [];
    const port = await servers.start({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      authMethods: tokens ? ['XOAUTH2'] : ['PLAIN', 'LOGIN'],
      onAuth({ username, password, accessToken }, _session, done) {
        const isKnown = tokens ? tokens.knows(accessToken) : password === 'right';
        return username === user && isKnown ? done(null, { user }) : done(new Error('no'));
      },
      onData: (stream, { envelope }, done) => {
        stream.resume();
        stream.on('end', () => {
          received.push(envelope.mailFrom === false ? '' : envelope.mailFrom.address);
          done();
        });
      },
    });
    return { port, received };
  }

  const actor = { kind: 'system', id: null } as const;

  async function connect(workspaceId: string, user: string, change: Partial<MailServer>): Promise<void> {
    const server = { host: '127.0.0.1', tls: 'none', user, password: 'right', fromAddress: `hello@${user}.example` };
    const value = JSON.stringify(MailServer.parse({ kind: 'smtpServer', ...server, ...change }));
    await inWorkspace(database.app, workspaceId, (tx) =>
      setSecret(tx, keys, { workspaceId, name: MAIL_SECRET, value, actor }),
    );
  }

  /** A step that mails a new contact. @returns one attempt at it */
  async function mailing(workspaceId: string, by = mails): Promise<() => Promise<void>> {
    const { system } = database;
    const { runId, contactId } = await startToyRun({ ...database, workspaceId });
    const email = `${contactId}@example.com`;
    await kysely(system).updateTable('contact').set({ email }).where('id', '=', contactId).execute();
    const params = { content: { kind: 'inline', subject: 'Hello', markdown: 'Hello' }, variables: {} };
    const open = JSON.stringify([{ id: 'mail/1', activity: 'sendMessage', step: 'mail', visit: 1, params }]);
    await kysely(system).updateTable('run').set({ open, turn: 1, status: 'running' }).where('id', '=', runId).execute();
    const messaging = {
      db: database.app,
      mailOf: by.mailOf,
      installation,
      publicUrl: 'http://127.0.0.1',
      keys: source,
    };
    const { sendMessage } = createMessagingActivities(messaging);
    return () => new MockActivityEnvironment().run(() => sendMessage({ workspaceId, runId, key: '0/mail/1' }));
  }

  const send = async (workspaceId: string): Promise<void> => (await mailing(workspaceId))();

  async function incidents(workspaceId: string): Promise<unknown[]> {
    await keepServiceIncidents(database.system);
    const found = kysely(database.system).selectFrom('incident').select(['kind', 'state', 'message']);
    return found.where('workspace_id', '=', workspaceId).execute();
  }

  it('goes to the server of its workspace, from its sender, and of others by the installation’s', async () => {
    const [school, choir, plain] = [database.workspaceId, await database.addWorkspace(), await database.addWorkspace()];
    const [ofSchool, ofChoir] = [await serve('school'), await serve('choir')];
    await connect(school, 'school', { port: ofSchool.port });
    await connect(choir, 'choir', { port: ofChoir.port });
    for (const workspaceId of [school, choir, plain, school]) await send(workspaceId);
    expect(ofSchool.received).toEqual(['hello@school.example', 'hello@school.example']);
    expect(ofChoir.received).toEqual(['hello@choir.example']);
    const ofInstallation = [expect.stringMatching(/^returns\+[0-9a-f]{56}@us\.example$/)];
    expect(installed.splice(0)).toEqual(ofInstallation);

    await inWorkspace(database.app, choir, (tx) => deleteSecret(tx, { workspaceId: choir, name: MAIL_SECRET, actor }));
    await send(choir);
    expect(installed.splice(0)).toEqual(ofInstallation);
  });

  it('comes back to the address that the workspace says, with its own id, and never to the installation’s', async () => {
    const workspaceId = await database.addWorkspace();
    const { port, received } = await serve('tower');
    await connect(workspaceId, 'tower', { port, returnPath: 'back+*@tower.example' });
    await send(workspaceId);
    await connect(workspaceId, 'tower', { port, returnPath: 'back@tower.example' });
    await send(workspaceId);
    expect(received).toEqual([expect.stringMatching(/^back\+[0-9a-f]{56}@tower\.example$/), 'back@tower.example']);
    const { rows } = await sql<{
      id: string;
    }>`select effect_id as id from mail where workspace_id = ${workspaceId}`.execute(kysely(database.system));
    expect(rows.map(({ id }) => id)).toContain(effectOfMailId(keys, received[0] ?? ''));
  });

  it('waits with an incident while the password is refused, and is sent once when it is mended, without a restart', async () => {
    const workspaceId = await database.addWorkspace();
    const { port, received } = await serve('band');
    await connect(workspaceId, 'band', { port, password: 'of before' });
    const attempt = await mailing(workspaceId);
    await expect(attempt()).rejects.toMatchObject({ type: 'email.auth' });
    expect(await incidents(workspaceId)).toEqual([
      { kind: 'email.waits', state: 'open', message: expect.stringContaining('refused the sign-in') },
    ]);
    await connect(workspaceId, 'band', { port });
    await attempt();
    await attempt();
    expect(received).toEqual(['hello@band.example']);
    expect(await incidents(workspaceId)).toMatchObject([{ state: 'resolved' }]);
  });

  it('goes by a token where the server takes no password, and keeps the refresh token that comes in the place of one', async () => {
    const workspaceId = await database.addWorkspace();
    const tokens = await startTokenServer();
    tokens.rotates = true;
    const { port, received } = await serve('office', tokens);
    const { refreshToken } = tokens;
    await connect(workspaceId, 'office', { port, password: undefined, tokenUrl: tokens.url, ...mailApp, refreshToken });
    await send(workspaceId);
    await send(workspaceId);
    expect([received.length, tokens.asked.length]).toEqual([2, 1]);
    // Another worker knows what is stored alone, and the server has forgotten the token of the first.
    const other = routes();
    tokens.forget();
    await (
      await mailing(workspaceId, other)
    )();
    await other.close();
    expect(tokens.asked.map((form) => form['refresh_token'])).toEqual(['refresh-0', 'refresh-1']);
    expect(received).toHaveLength(3);
    await tokens.stop();
  });

  it('waits while its grant has ended, with an incident that says what to do, and is sent once by a new one', async () => {
    const workspaceId = await database.addWorkspace();
    const tokens = await startTokenServer();
    const { port, received } = await serve('archive', tokens);
    const app = { port, password: undefined, tokenUrl: tokens.url, ...mailApp };
    await connect(workspaceId, 'archive', { ...app, refreshToken: 'ended' });
    const attempt = await mailing(workspaceId);
    await expect(attempt()).rejects.toMatchObject({ type: 'email.auth' });
    expect(await incidents(workspaceId)).toEqual([
      {
        kind: 'email.waits',
        state: 'open',
        message: expect.stringMatching(/\(invalid_grant, .* under Admin, Connect/),
      },
    ]);
    tokens.status = 503;
    await connect(workspaceId, 'archive', { ...app, refreshToken: tokens.refreshToken });
    await expect(attempt()).rejects.toMatchObject({ type: 'email.connection' });
    tokens.status = null;
    await attempt();
    await attempt();
    expect(received).toEqual(['hello@archive.example']);
    expect(await incidents(workspaceId)).toMatchObject([{ state: 'resolved' }]);
    await tokens.stop();
  });

  it('waits, and is not written, while no key opens what is stored', async () => {
    const workspaceId = await database.addWorkspace();
    const { port, received } = await serve('lab');
    await connect(workspaceId, 'lab', { port });
    const of = kysely(database.system).updateTable('secret').where('workspace_id', '=', workspaceId);
    const { key_id: known } = await kysely(database.system)
      .selectFrom('secret')
      .select('key_id')
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow();
    await of.set({ key_id: 'f00dfeedcafe' }).execute();
    const attempt = await mailing(workspaceId);
    await expect(attempt()).rejects.toMatchObject({ type: 'email.unreadable' });
    await of.set({ key_id: known }).execute();
    await attempt();
    expect(received).toEqual(['hello@lab.example']);
    expect(installed).toEqual([]);
  });

  it('that was written from the installation’s sender goes by its server, whatever is connected meanwhile', async () => {
    const workspaceId = await database.addWorkspace();
    const { port } = await serve('late');
    await connect(workspaceId, 'late', { port });
    const routes = (frozen: string) =>
      inWorkspace(database.app, workspaceId, async (tx) =>
        mails.mailOf(await readOne(tx, storedMail(workspaceId)), Buffer.from(frozen)),
      );
    expect(await routes('From: Us <Hello@us.example>\r\nTo: a@b.example\r\n\r\n')).toMatchObject({
      email: installation.email,
    });
    expect(await routes('From: hello@late.example\r\nTo: a@b.example\r\n\r\n')).not.toMatchObject({
      email: installation.email,
    });
  });
});
