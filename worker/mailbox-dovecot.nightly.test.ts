import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMessage } from '../activities/providers/email/build-message.ts';
import { createSmtpPool } from '../activities/providers/email/smtp/smtp-pool.ts';
import { kysely } from '../platform/db/core/kysely.ts';
import { readSettings } from '../platform/config.ts';
import { masterKeys } from '../platform/keys/master-keys.ts';
import { createLogger } from '../platform/log.ts';
import { mailIdOf } from '../platform/mail-reports/mail-id.ts';
import { type MailboxConfig, mailboxConfig } from '../platform/mail-reports/returned-mailbox/mailbox-config.ts';
import { returnedMailboxSettings } from '../platform/mail-reports/returned-mailbox/settings.ts';
import { mostMailBytes } from '../platform/mail-reports/returned-mail.ts';
import { readReturned, takeReports } from '../platform/mail-reports/take-reports.ts';
import { createAuthority } from '../test/support/certificates.ts';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../test/support/database.ts';
import { type Dovecot, dovecotLogin, startDovecot } from '../test/support/dovecot.ts';
import { postfixLogin, postfixNobody, startPostfix } from '../test/support/postfix.ts';
import { startProxy } from '../test/support/proxy.ts';
import { countReports, endMailboxLease, returnedMail } from '../test/support/returned-mails.ts';
import { sentMail } from '../test/support/sent-mail.ts';
import { mailApp, startTokenServer, type TokenServer } from '../test/support/token-server.ts';
import { createReturnedMailsTask } from './background/returned-mails.ts';

const authority = createAuthority();
const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });
const reader = fileURLToPath(new URL('../test/support/reading.child.ts', import.meta.url));
const log = createLogger({ name: 'test', level: 'fatal' });

describe('the mailbox of returned mails at Dovecot', () => {
  let database: TestDatabase;
  let tokens: TokenServer;
  let dovecot: Dovecot;
  beforeAll(async () => {
    database = await createTestDatabase();
    tokens = await startTokenServer();
    dovecot = await startDovecot(authority.issue('localhost'), tokens.infoUrl);
  });
  afterAll(async () => {
    await dovecot?.stop();
    await tokens?.stop();
    await database?.stop();
  });

  /** The settings of a folder of one test's own. */
  function mailboxOf(folder: string, change: Record<string, string> = {}): MailboxConfig {
    const settings = {
      IMAP_URL: `imaps://localhost:${dovecot.ports.imaps}`,
      IMAP_USER: dovecotLogin.user,
      IMAP_PASSWORD: dovecotLogin.password,
      IMAP_MAILBOX: folder,
      IMAP_CA: authority.certPem,
      ...change,
    };
    const config = mailboxConfig(readSettings(returnedMailboxSettings, settings));
    if (config === null) throw new Error('No mailbox is set');
    return config;
  }

  const end = new AbortController();
  /** A worker that reads a mailbox. @returns one pass of it */
  function worker(process: string, mailbox: MailboxConfig): () => Promise<number> {
    const task = createReturnedMailsTask({
      db: database.system,
      process,
      log,
      returnedMails: {
        mailbox,
        take: async (raw) => takeReports(database.app, keys, await readReturned(keys, raw)),
      },
    });
    return () => task(end.signal);
  }

  const leaseEnds = () => endMailboxLease(database);

  const reports = () => countReports(database);
  const openIncidents = async (): Promise<string[]> => {
    const rows = kysely(database.system).selectFrom('incident').select('message').where('state', '=', 'open');
    return (await rows.execute()).map(({ message }) => message);
  };
  /** A report of a mail of its own, with the line ends of a mailbox on a disk. */
  async function bounce(): Promise<string> {
    const { about } = await sentMail(database, keys);
    const recipients = [{ action: 'failed', status: '5.1.1' }];
    return returnedMail({ recipients, about }).replaceAll('\r\n', '\n');
  }

  it.each([
    ['TLS from the start', 'Implicit', () => ({})],
    ['STARTTLS', 'Starttls', () => ({ IMAP_URL: `imap://localhost:${dovecot.ports.imap}?tls=starttls` })],
  ])('is read over %s, marked there and taken in once', async (_, folder, change) => {
    const before = await reports();
    dovecot.deliver(await bounce(), folder);
    dovecot.deliver('Subject: Thanks\n\nSee you\n', folder);
    const pass = worker('one', mailboxOf(folder, change()));
    expect([await pass(), await pass()]).toEqual([2, 0]);
    expect([await reports(), dovecot.flags(folder)]).toEqual([before + 1, ['S', '']]);
  });

  it('is signed in to by a token, which is got anew where Dovecot takes it no more', async () => {
    const before = await reports();
    const app = {
      IMAP_PASSWORD: '',
      MAIL_OAUTH_TOKEN_URL: tokens.url,
      MAIL_OAUTH_CLIENT_ID: mailApp.clientId,
      MAIL_OAUTH_CLIENT_SECRET: mailApp.clientSecret,
      MAIL_OAUTH_REFRESH_TOKEN: tokens.refreshToken,
    };
    const pass = worker('one', mailboxOf('Tokens', app));
    for (let mails = 0; mails < 2; mails += 1) {
      dovecot.deliver(await bounce(), 'Tokens');
      expect(await pass()).toBe(1);
      tokens.forget();
    }
    expect([await reports(), tokens.asked.length]).toEqual([before + 2, 2]);
    tokens.refreshToken = 'of another day';
    expect(await pass()).toBe(0);
    expect(await openIncidents()).toEqual([expect.stringContaining('(invalid_grant, AADSTS700082)')]);
    await worker('one', mailboxOf('Tokens'))();
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['the password is wrong', { IMAP_PASSWORD: 'wrong' }, /refused the sign-in/],
    ['its certificate is of another authority', { IMAP_CA: createAuthority('Other').certPem }, /authority in IMAP_CA/],
    ['there is no such folder', { IMAP_MAILBOX: 'Elsewhere' }, /no folder Elsewhere/],
  ])('is an incident where %s, until it is read', async (_, change, words) => {
    dovecot.deliver('Subject: Thanks\n\nSee you\n', 'Settings');
    expect(await worker('one', mailboxOf('Settings', change))()).toBe(0);
    expect(await openIncidents()).toEqual([expect.stringMatching(words)]);
    await worker('one', mailboxOf('Settings'))();
    expect(await openIncidents()).toEqual([]);
  });

  it('brings what Postfix writes of a mail to nobody', async () => {
    const host = 'example.org';
    const postfix = await startPostfix(host, authority.issue('localhost'));
    const pool = createSmtpPool({
      host: 'localhost',
      port: postfix.port,
      tls: 'starttls',
      caPem: authority.certPem,
      auth: { user: postfixLogin.user, pass: postfixLogin.password },
    });
    try {
      const { effectId } = await sentMail(database, keys);
      const to = `${postfixNobody}@${host}`;
      const mail = { key: effectId, mailId: mailIdOf(keys, effectId), from: { address: `hello@${host}` } };
      const content = { ...mail, to: { address: to }, subject: 'Grüße', html: '<p>Hello</p>', date: new Date() };
      const { raw } = await buildMessage(content, { messageIdDomain: host, messageIdSecret: 'x'.repeat(32) });
      const fence = (): Promise<boolean> => Promise.resolve(true);
      const sent = await pool.send({ envelope: { from: `returns@${host}`, to }, raw, fence });
      expect(sent.kind).toBe('sent');
      await expect.poll(() => postfix.mails()).toHaveLength(1);
      for (const returned of postfix.mails()) dovecot.deliver(Buffer.from(returned, 'latin1'), 'Postfix');
      expect(await worker('one', mailboxOf('Postfix'))()).toBe(1);
      const found = kysely(database.system).selectFrom('mail_report').where('effect_id', '=', effectId);
      expect(await found.select(['kind', 'status']).execute()).toEqual([{ kind: 'bounced', status: '5.1.1' }]);
    } finally {
      await pool.close();
      await postfix.stop();
    }
  });

  it('with 5,000 mails is read in full by two workers at once, while the connection breaks in the midst of mails', async () => {
    const before = await reports();
    const folder = 'Thousands';
    for (let mails = 0; mails < 5_000; mails += 1)
      dovecot.deliver(mails % 100 === 0 ? await bounce() : `Subject: ${mails}\n\n${'x\n'.repeat(500)}`, folder);
    const proxy = await startProxy(`imaps://127.0.0.1:${dovecot.ports.imaps}`);
    const change = { IMAP_URL: `imaps://localhost:${new URL(proxy.url).port}` };
    const workers = ['one', 'two'].map((name) => worker(name, mailboxOf(folder, change)));
    let read = 0;
    for (let rounds = 0; read < 5_000; rounds += 1) {
      // A mail of these is 1,000 bytes: the connection ends after some fifty of them, in one of them.
      if (rounds % 10 === 0) proxy.dropAfter(60_000);
      await leaseEnds();
      workers.reverse();
      const passes = await Promise.all(workers.map((pass) => pass()));
      read = await position(folder);
      expect(passes.filter((count) => count > 0).length).toBeLessThan(2);
    }
    await proxy.stop();
    expect(await reports()).toBe(before + 50);
    expect(dovecot.flags(folder).filter((flags) => flags === 'S')).toHaveLength(50);
  }, 1_800_000);

  it('is read in full where its server has numbered the mails anew, and waits while the folder is away', async () => {
    const before = await reports();
    const folder = 'Anew';
    dovecot.deliver(await bounce(), folder);
    const pass = worker('one', mailboxOf(folder));
    await pass();
    dovecot.deliver(await bounce(), folder);
    dovecot.rename(folder, 'Away');
    expect(await pass()).toBe(0);
    expect(await openIncidents()).toContainEqual(expect.stringContaining('no folder Anew'));
    dovecot.rename('Away', folder);
    dovecot.renumber(folder);
    expect(await pass()).toBe(2);
    expect(await reports()).toBe(before + 2);
    expect(await openIncidents()).toEqual([]);
  });

  it('with large, odd and damaged mails brings what can be read, and names what cannot', async () => {
    const before = await reports();
    const folder = 'Odd';
    const letters = [
      `Subject: My holidays\n\n${'x'.repeat(30 * mostMailBytes)}`,
      `Subject: \xfc\xff\nContent-Type: text/plain; charset=x-none\n\n\x80\x00\xff\n`,
    ];
    for (const letter of letters) dovecot.deliver(Buffer.from(letter, 'latin1'), folder);
    const report = await bounce();
    const odd = report.replace('Your mail could', 'Ihre Nachricht k\xf6nnte');
    dovecot.deliver(Buffer.from(odd.replace('us-ascii', 'x-none'), 'latin1'), folder);
    const damaged = dovecot.deliver(await bounce(), folder);
    dovecot.damage(damaged);
    dovecot.deliver(await bounce(), folder);
    const pass = worker('one', mailboxOf(folder));
    for (let passes = 0; passes < 3; passes += 1) expect(await pass()).toBe(0);
    expect(await openIncidents()).toEqual([expect.stringContaining('breaks off at the mail with the number (UID) 4')]);
    expect(await pass()).toBe(2);
    expect(await openIncidents()).toEqual([expect.stringMatching(/\(UID\) 4: too large, damaged/)]);
    expect([await reports(), dovecot.flags(folder)]).toEqual([before + 2, ['', '', 'S', '', 'S']]);
  });

  it('repeats nothing after a worker was killed between a mail and its mark', async () => {
    const before = await reports();
    const folder = 'Killed';
    dovecot.deliver(await bounce(), folder);
    const mailbox = mailboxOf(folder);
    const given = JSON.stringify({ config: database.config, mailbox });
    const child = spawn(process.execPath, [reader, given], { stdio: 'pipe' });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect([await reports(), dovecot.flags(folder)]).toEqual([before + 1, ['']]);
    await leaseEnds();
    expect(await worker('one', mailbox)()).toBe(1);
    expect([await reports(), dovecot.flags(folder)]).toEqual([before + 1, ['S']]);
  });

  /** Up to which mail a folder has been read. */
  async function position(folder: string): Promise<number> {
    const all = kysely(database.system).selectFrom('returned_mailbox').select('uid');
    return Number((await all.where('name', 'like', `%${folder}`).executeTakeFirst())?.uid ?? 0);
  }
});
