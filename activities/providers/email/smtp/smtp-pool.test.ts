import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createFaults } from '../../../../local/control/faults.ts';
import type { FaultRequest } from '../../../../local/control/faults.schema.ts';
import { openJournal } from '../../../../local/control/journal.ts';
import { readCaughtMail, startMailDouble } from '../../../../local/mail/mail-double.ts';
import type { MailOutcome } from '../../../../contracts/core/providers.ts';
import type { SmtpConfig } from './smtp-config.ts';
import { createSmtpPool, type EmailSender } from './smtp-pool.ts';

/** One fault at a time, what the sender must make of it, whether the fence was asked, and how many copies arrived. */
interface Row {
  name: string;
  fault: FaultRequest;
  outcome: MailOutcome['kind'];
  code?: string;
  fenceAsked: boolean;
  copies: number;
}

/** For where the server says nothing more; all else gets the usual patience, as on a busy machine a reply comes late. */
const hasty = { greetingTimeoutMs: 300, socketTimeoutMs: 400 };

const mail = 'mail' as const;
const rows: Row[] = [
  {
    name: 'refused connection',
    fault: { service: mail, fault: 'refuse' },
    outcome: 'deferred',
    code: 'email.connection',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'no greeting',
    fault: { service: mail, fault: 'hang', at: 'greeting' },
    outcome: 'deferred',
    code: 'email.connection',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '421 greeting',
    fault: { service: mail, fault: 'reply', at: 'greeting', code: 421 },
    outcome: 'deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '554 greeting',
    fault: { service: mail, fault: 'reply', at: 'greeting', code: 554 },
    outcome: 'deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'drop at the greeting',
    fault: { service: mail, fault: 'drop', at: 'greeting' },
    outcome: 'deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'garbage as greeting',
    fault: { service: mail, fault: 'garbage', at: 'greeting' },
    outcome: 'deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '451 at MAIL',
    fault: { service: mail, fault: 'reply', at: 'mail', code: 451 },
    outcome: 'deferred',
    code: 'email.deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '550 at MAIL',
    fault: { service: mail, fault: 'reply', at: 'mail', code: 550 },
    outcome: 'rejected',
    code: 'email.refused',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '450 at RCPT',
    fault: { service: mail, fault: 'reply', at: 'rcpt', code: 450 },
    outcome: 'deferred',
    code: 'email.deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '550 at RCPT',
    fault: { service: mail, fault: 'reply', at: 'rcpt', code: 550 },
    outcome: 'rejected',
    code: 'email.recipient_refused',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'drop at RCPT',
    fault: { service: mail, fault: 'drop', at: 'rcpt' },
    outcome: 'deferred',
    code: 'email.connection',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '421 at DATA',
    fault: { service: mail, fault: 'reply', at: 'data', code: 421 },
    outcome: 'deferred',
    code: 'email.deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '451 at DATA',
    fault: { service: mail, fault: 'reply', at: 'data', code: 451 },
    outcome: 'deferred',
    code: 'email.deferred',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: '554 at DATA',
    fault: { service: mail, fault: 'reply', at: 'data', code: 554 },
    outcome: 'rejected',
    code: 'email.refused',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'drop at DATA',
    fault: { service: mail, fault: 'drop', at: 'data' },
    outcome: 'deferred',
    code: 'email.connection',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'hang at DATA',
    fault: { service: mail, fault: 'hang', at: 'data' },
    outcome: 'deferred',
    code: 'email.connection',
    fenceAsked: false,
    copies: 0,
  },
  {
    name: 'drop in the body',
    fault: { service: mail, fault: 'drop', at: 'body' },
    outcome: 'unknown',
    code: 'email.no_reply',
    fenceAsked: true,
    copies: 0,
  },
  {
    name: '451 after the dot',
    fault: { service: mail, fault: 'reply', at: 'dot', code: 451 },
    outcome: 'deferred',
    code: 'email.deferred',
    fenceAsked: true,
    copies: 0,
  },
  {
    name: '421 after the dot',
    fault: { service: mail, fault: 'reply', at: 'dot', code: 421 },
    outcome: 'deferred',
    code: 'email.deferred',
    fenceAsked: true,
    copies: 0,
  },
  {
    name: '554 after the dot',
    fault: { service: mail, fault: 'reply', at: 'dot', code: 554 },
    outcome: 'rejected',
    code: 'email.refused',
    fenceAsked: true,
    copies: 0,
  },
  {
    name: 'drop after the dot, kept',
    fault: { service: mail, fault: 'drop', at: 'dot' },
    outcome: 'unknown',
    code: 'email.no_reply',
    fenceAsked: true,
    copies: 1,
  },
  {
    name: 'drop after the dot, lost',
    fault: { service: mail, fault: 'drop', at: 'dot', accepted: false },
    outcome: 'unknown',
    fenceAsked: true,
    copies: 0,
  },
  {
    name: 'hang after the dot',
    fault: { service: mail, fault: 'hang', at: 'dot' },
    outcome: 'unknown',
    code: 'email.no_reply',
    fenceAsked: true,
    copies: 1,
  },
  {
    name: 'garbage after the dot',
    fault: { service: mail, fault: 'garbage', at: 'dot' },
    outcome: 'unknown',
    fenceAsked: true,
    copies: 0,
  },
  {
    name: 'slow replies',
    fault: { service: mail, fault: 'slow', delayMs: 30 },
    outcome: 'sent',
    fenceAsked: true,
    copies: 1,
  },
];

describe.each([{ isPipelining: true }, { isPipelining: false }])(
  'SMTP pool, server with $isPipelining pipelining',
  async ({ isPipelining }) => {
    const home = mkdtempSync(join(tmpdir(), 'smtp-pool-'));
    const faults = createFaults();
    const journal = openJournal({ home, service: 'mail' });
    const server = await startMailDouble({ port: 0, faults, journal, isPipelining });
    const pools: EmailSender[] = [];
    const pool = (extra: Partial<SmtpConfig> = {}): EmailSender => {
      const created = createSmtpPool({ host: '127.0.0.1', port: server.port, tls: 'none', ...extra });
      pools.push(created);
      return created;
    };

    beforeEach(() => {
      faults.clear();
      journal.clear();
    });
    afterAll(async () => {
      await Promise.all(pools.map((each) => each.close()));
      await server.stop();
      rmSync(home, { recursive: true });
    });

    it.each(rows)('$name: $outcome, fence asked: $fenceAsked', async ({ fault, outcome, code, fenceAsked, copies }) => {
      const sender = pool(fault.fault === 'hang' ? hasty : {});
      faults.add(fault);
      const sent = await attempt(sender);
      expect(sent.outcome.kind).toBe(outcome);
      expect(sent.outcome).toMatchObject(code === undefined ? {} : { error: { code } });
      expect(sent.asked).toBe(fenceAsked ? 1 : 0);
      expect(journal.entries()).toHaveLength(copies);

      faults.clear();
      // The pool works again afterwards, and nothing of the failed mail leaks into the next one.
      await expect.poll(async () => (await attempt(sender, 'next@example.com')).outcome.kind).toBe('sent');
      const last = journal.entries().at(-1);
      expect(last?.details).toMatchObject({ to: ['next@example.com'], subject: 'Hello' });
    });

    it('says what the server answered, and keeps no address in it', async () => {
      faults.add({ service: 'mail', fault: 'reply', at: 'rcpt', code: 550 });
      const { outcome } = await attempt(pool());
      expect(outcome).toEqual({
        kind: 'rejected',
        error: { code: 'email.recipient_refused', message: 'The mail server refused the recipient (550).' },
      });
    });

    it('lets nothing leave when the fence says no', async () => {
      const { outcome, asked } = await attempt(pool(), 'a@example.com', () => Promise.resolve(false));
      expect(outcome).toEqual({ kind: 'fenced' });
      expect(asked).toBe(1);
      await attempt(pool(), 'b@example.com');
      expect(journal.entries().map((entry) => entry.details['to'])).toEqual([['b@example.com']]);
    });

    it('lets nothing leave when the fence cannot be asked', async () => {
      const { outcome } = await attempt(pool(), 'a@example.com', () => Promise.reject(new Error('database gone')));
      expect(outcome).toMatchObject({ kind: 'deferred', error: { code: 'email.fence_failed' } });
      expect(journal.entries()).toHaveLength(0);
    });

    it('releases nothing when the fence answers yes after the connection is gone', async () => {
      const { outcome } = await attempt(
        pool(hasty),
        'a@example.com',
        () => new Promise((resolve) => setTimeout(() => resolve(true), 700)),
      );
      expect(outcome).toMatchObject({ kind: 'deferred', error: { code: 'email.connection' } });
      expect(journal.entries()).toHaveLength(0);
    });

    it('sends over the same connection, also after a refused recipient, and opens a new one after the limit', async () => {
      const sender = pool({ maxMailsPerConnection: 3 });
      const before = server.connectionCount();
      faults.add({ service: 'mail', fault: 'reply', at: 'rcpt', code: 550, match: 'bad@example.com' });
      for (const to of ['a@example.com', 'bad@example.com', 'b@example.com', 'c@example.com'])
        await attempt(sender, to);
      expect(journal.entries().map((entry) => entry.details['to'])).toEqual([
        ['a@example.com'],
        ['b@example.com'],
        ['c@example.com'],
      ]);
      expect(server.connectionCount() - before).toBe(2);
    });

    it('replaces a connection that the server ended while it was idle', async () => {
      const sender = pool();
      await attempt(sender);
      faults.add({ service: 'mail', fault: 'drop', at: 'mail', count: 1 });
      const second = await attempt(sender);
      expect(second.outcome.kind).toBe('sent');
      expect(journal.entries()).toHaveLength(2);
    });

    it('sends each of many mails once over a few connections', async () => {
      const sender = pool({ maxConnections: 3 });
      const recipients = Array.from({ length: 60 }, (_each, nth) => `r${nth}@example.com`);
      const outcomes = await Promise.all(recipients.map((to) => attempt(sender, to)));
      expect(outcomes.every((each) => each.outcome.kind === 'sent' && each.asked === 1)).toBe(true);
      expect(
        journal
          .entries()
          .map((entry) => String(entry.details['to']))
          .toSorted(),
      ).toEqual(recipients.toSorted());
    });

    it('defers what finds no free connection in time', async () => {
      const sender = pool({ maxConnections: 1, sendTimeoutMs: 250 });
      const { promise: fence, resolve: letGo } = Promise.withResolvers<boolean>();
      const first = attempt(sender, 'a@example.com', () => fence);
      const second = await attempt(sender);
      letGo(true);
      await first;
      expect(second.outcome).toMatchObject({ kind: 'deferred', error: { code: 'email.pool_busy' } });
      expect(second.asked).toBe(0);
    });

    it('transports bytes as they are, dots at line starts included', async () => {
      const raw = Buffer.from('Message-ID: <m1@x>\r\nSubject: Dots\r\n\r\n.one\r\n..two\r\n.\r\nthree\r\n');
      await pool().send({
        envelope: { from: 'us@example.com', to: 'a@example.com' },
        raw,
        fence: () => Promise.resolve(true),
      });
      const [entry] = journal.entries();
      expect(entry?.key).toBe('<m1@x>');
      if (entry === undefined) throw new Error('No mail was caught');
      expect((await readCaughtMail(entry)).raw.equals(raw)).toBe(true);
    });

    it('rejects an address that would break the dialogue, before the fence', async () => {
      const { outcome, asked } = await attempt(pool(), 'a@example.com>\r\nRCPT TO:<b@example.com');
      expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'email.invalid_address' } });
      expect(asked).toBe(0);
    });
  },
);

it('defers when a server speaks nothing at all', async () => {
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', () => resolve()));
  const { port } = mute.address() as AddressInfo;
  const sender = createSmtpPool({ host: '127.0.0.1', port, tls: 'none', greetingTimeoutMs: 100 });
  expect((await attempt(sender)).outcome).toMatchObject({ kind: 'deferred', error: { code: 'email.connection' } });
  await sender.close();
  mute.close();
});

async function attempt(
  sender: EmailSender,
  to = 'ana@example.com',
  fence: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<{ outcome: MailOutcome; asked: number }> {
  let asked = 0;
  const outcome = await sender.send({
    envelope: { from: 'us@example.com', to },
    raw: Buffer.from(`Message-ID: <${to}>\r\nSubject: Hello\r\n\r\nDear ${to}\r\n`),
    fence: () => {
      asked += 1;
      return fence();
    },
  });
  return { outcome, asked };
}
