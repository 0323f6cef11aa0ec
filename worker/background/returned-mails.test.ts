import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createLogger } from '../../platform/log.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { mostMailBytes } from '../../platform/mail-reports/returned-mail.ts';
import { readReturned, takeReports } from '../../platform/mail-reports/take-reports.ts';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../../test/support/database.ts';
import { type ImapServer, startImapServer } from '../../test/support/imap-server.ts';
import { countReports, endMailboxLease, returnedMail } from '../../test/support/returned-mails.ts';
import { sentMail } from '../../test/support/sent-mail.ts';
import { createReturnedMailsTask, type ReturnedMails } from './returned-mails.ts';

const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });

describe('the mailbox of returned mails', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  let server: ImapServer;
  beforeEach(async () => {
    server = await startImapServer();
    return () => server.stop();
  });

  const logged: string[] = [];
  const destination = new Writable({
    write(line, _encoding, done) {
      logged.push(String(line));
      done();
    },
  });
  const log = createLogger({ name: 'test', level: 'info', destination });
  const end = new AbortController();

  /** A worker that reads the mailbox of this test. @returns one pass of it */
  function worker(process: string, change: Partial<ReturnedMails> = {}): () => Promise<number> {
    const { port } = server;
    const auth = { user: 'returns', pass: 'right' };
    const task = createReturnedMailsTask({
      db: database.system,
      process,
      log,
      returnedMails: {
        mailbox: { name: `INBOX at ${port}`, host: '127.0.0.1', port, tls: 'none', auth, mailbox: 'INBOX' },
        take: async (raw) => takeReports(database.app, keys, await readReturned(keys, raw)),
        ...change,
      },
    });
    return () => task(end.signal);
  }

  const leaseEnds = () => endMailboxLease(database);
  const bounce = async (): Promise<string> => {
    const { about } = await sentMail(database, keys);
    return returnedMail({ recipients: [{ action: 'failed', status: '5.1.1' }], about });
  };
  const reports = () => countReports(database);
  const incidents = () =>
    kysely(database.system).selectFrom('incident').select(['kind', 'state', 'message']).orderBy('id').execute();

  it('is read once, and people find there as new what is no report', async () => {
    const before = await reports();
    const [first, letter, second] = [await bounce(), 'Subject: Thanks\r\n\r\nSee you\r\n', await bounce()];
    for (const raw of [first, letter, second]) server.deliver(raw);
    const pass = worker('one');
    expect(await pass()).toBe(3);
    expect(await reports()).toBe(before + 2);
    expect(server.seen()).toEqual([1, 3]);
    expect(await pass()).toBe(0);
    server.deliver(await bounce());
    expect(await pass()).toBe(1);
    expect(await reports()).toBe(before + 3);
    expect(server.commands.filter((command) => command.startsWith('UID FETCH'))).toHaveLength(4);
  });

  it('begins with what is unread there, and later takes a mail too that a person has looked at before', async () => {
    const before = await reports();
    server.deliver(await bounce());
    server.see(1);
    const pass = worker('one');
    expect(await pass()).toBe(0);
    server.deliver(await bounce());
    server.see(2);
    expect(await pass()).toBe(1);
    expect(await reports()).toBe(before + 1);
  });

  it('is read in full after its server has numbered the mails anew, also what a person has looked at before', async () => {
    const before = await reports();
    for (let mails = 0; mails < 3; mails += 1) server.deliver(await bounce());
    const pass = worker('one');
    await pass();
    for (let mails = 0; mails < 2; mails += 1) server.deliver(await bounce());
    server.see(4);
    server.renumber();
    expect([await pass(), await pass()]).toEqual([5, 0]);
    expect(await reports()).toBe(before + 5);
  });

  it('passes over a mail at which its server breaks off, once another one can be read, and names it (Dovecot, Exchange)', async () => {
    const before = await reports();
    server.deliver(await bounce());
    server.before = (command, socket, args) =>
      void (command === 'UID FETCH' && args.startsWith('1 ') && socket.destroy());
    const pass = worker('one');
    for (let passes = 0; passes < 5; passes += 1) expect(await pass()).toBe(0);
    const named = {
      kind: 'mailbox.unreachable',
      state: 'open',
      message: expect.stringContaining('(UID) 1. They wait'),
    };
    expect(await incidents()).toContainEqual(named);
    server.deliver(await bounce());
    expect(await pass()).toBe(2);
    expect([await reports(), server.seen()]).toEqual([before + 1, [2]]);
    expect(await incidents()).toContainEqual({ ...named, state: 'resolved' });
  });

  it('reads what is between two mails at which its server breaks off, and passes over the first', async () => {
    const before = await reports();
    for (let mails = 0; mails < 3; mails += 1) server.deliver(await bounce());
    server.before = (command, socket, args) =>
      void (command === 'UID FETCH' && /^[13] /.test(args) && socket.destroy());
    const pass = worker('one');
    for (let passes = 0; passes < 5; passes += 1) await pass();
    expect([await reports(), server.seen()]).toEqual([before + 1, [2]]);
  });

  it.each(['refuses the mark', 'breaks off at it'])(
    'takes reports in where its server %s, counts no mail as unread, and says once that it cannot be written to',
    async (how) => {
      const [before, earlier] = [await reports(), await incidents()];
      for (let mails = 0; mails < 2; mails += 1) server.deliver(await bounce());
      logged.length = 0;
      server.before = (command, socket) => {
        if (command !== 'UID STORE') return;
        if (how === 'refuses the mark') throw new Error('NO [NOPERM] read-only');
        socket.destroy();
      };
      const pass = worker('one');
      for (let passes = 0; passes < 4; passes += 1) await pass();
      expect([await pass(), await reports(), server.seen()]).toEqual([0, before + 2, []]);
      const unread = ({ kind }: { kind: string }) => kind === 'mailbox.unread';
      expect((await incidents()).filter(unread)).toEqual(earlier.filter(unread));
      expect(logged.filter((line) => line.includes('cannot be written to'))).toHaveLength(1);
    },
  );

  it('takes a report from the beginning of a mail that is too large, and leaves a large letter', async () => {
    const before = [await reports(), (await incidents()).length];
    server.deliver(`Subject: My holidays\r\n\r\n${'x'.repeat(mostMailBytes)}`);
    server.deliver(
      (await bounce()).replace('\r\n\r\n', `\r\nX-Long: ${'x'.repeat(100)}\r\n\r\n`) + 'x'.repeat(mostMailBytes),
    );
    expect(await worker('one')()).toBe(2);
    expect([await reports(), (await incidents()).length]).toEqual([(before[0] ?? 0) + 1, before[1]]);
    expect(server.seen()).toEqual([2]);
  });

  it('repeats nothing where a worker dies between a mail and its mark', async () => {
    const before = await reports();
    server.deliver(await bounce());
    server.before = (command, socket) => void (command === 'UID STORE' && socket.destroy());
    await worker('one')();
    expect([await reports(), server.seen()]).toEqual([before + 1, []]);
    server.before = null;
    await leaseEnds();
    expect(await worker('two')()).toBe(1);
    expect([await reports(), server.seen()]).toEqual([before + 1, [1]]);
  });

  it('is read by one worker at a time, and by another once that one stands still', async () => {
    server.deliver(await bounce());
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow = worker('slow', {
      async take(raw) {
        reached.resolve();
        await gate.promise;
        return takeReports(database.app, keys, await readReturned(keys, raw));
      },
    });
    const first = slow();
    await reached.promise;
    const other = worker('other');
    const { length } = server.commands;
    expect([await other(), server.commands.length]).toEqual([0, length]);
    await leaseEnds();
    server.deliver(await bounce());
    expect(await other()).toBe(2);
    gate.resolve();
    expect(await first).toBe(0);
    expect(await other()).toBe(0);
  });

  it('keeps a mail that fails in Postgres for the next pass', async () => {
    const before = await reports();
    server.deliver(await bounce());
    const take = (): Promise<never> => Promise.reject(new Error('The database is away'));
    await expect(worker('one', { take })()).rejects.toThrow('away');
    expect(server.seen()).toEqual([]);
    expect(await worker('one')()).toBe(1);
    expect(await reports()).toBe(before + 1);
  });

  it('leaves what cannot be read, says so, and goes on; no line of the log has an address or a word of a mail', async () => {
    const before = await reports();
    const report = 'Content-Type: multipart/report; boundary=b\r\nSubject: Private\r\n\r\n--b\r\n\r\n';
    server.deliver(`${report}${'x'.repeat(mostMailBytes)}`);
    server.deliver(await bounce());
    logged.length = 0;
    expect(await worker('one')()).toBe(2);
    expect([await reports(), server.seen()]).toEqual([before + 1, [2]]);
    expect(await incidents()).toContainEqual({
      kind: 'mailbox.unread',
      state: 'open',
      message: expect.stringMatching(/^A mail in the mailbox .*\(UID\) 1: too large, damaged/),
    });
    expect(logged.join('\n')).toMatch(/"uid":1/);
    expect(logged.join('\n')).not.toMatch(/@|Private|returns/);
  });

  it('is an incident while it cannot be read, at once where only a person helps, and ends by itself', async () => {
    const all = async () => (await incidents()).filter(({ kind }) => kind === 'mailbox.unreachable');
    const earlier = (await all()).length;
    const unreachable = async () => (await all()).slice(earlier);
    const wrong = worker('one');
    server.before = (command) => {
      if (command === 'LOGIN') throw new Error('NO [AUTHENTICATIONFAILED] no');
    };
    await wrong();
    expect(await unreachable()).toEqual([
      { kind: 'mailbox.unreachable', state: 'open', message: expect.stringMatching(/sign-in\. Set IMAP_USER/) },
    ]);
    server.before = null;
    await wrong();
    expect(await unreachable()).toMatchObject([{ state: 'resolved' }]);

    server.before = (_, socket) => void socket.destroy();
    for (const count of [1, 1, 2]) {
      await wrong();
      expect(await unreachable()).toHaveLength(count);
    }
    server.before = null;
    await wrong();
    expect(await unreachable()).toMatchObject([{ state: 'resolved' }, { state: 'resolved' }]);

    server.before = (_, socket) => void socket.destroy();
    for (let passes = 0; passes < 3; passes += 1) await wrong();
    await worker('one', { mailbox: null })();
    expect((await unreachable()).map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  });
});
