import type { MailOutcome } from '../../../../contracts/core/providers.ts';
import { smtpDefaults, type MailToSend, type SmtpConfig } from './smtp-config.ts';
import { openSmtpSession, type SendResult, type SmtpSession } from './smtp-session.ts';

/** Sends mails; every send resolves, none throws. */
export interface EmailSender {
  /**
   * Sends one mail at most once: bytes leave only after `fence` said yes, and never again over another connection. Resolves
   * with what is known for certain.
   */
  send(mail: MailToSend): Promise<MailOutcome>;
  /** Waits for the sends under way, then closes every connection. */
  close(): Promise<void>;
}

/**
 * Creates a pool of SMTP connections. After any error once the fence was asked the connection is closed, not reset: a RSET would become
 * text of the message. A connection found dead before the fence was asked is replaced by a fresh one, once.
 */
export function createSmtpPool(input: Pick<SmtpConfig, 'host' | 'port' | 'tls'> & Partial<SmtpConfig>): EmailSender {
  const config: SmtpConfig = { ...smtpDefaults, ...input };
  const idle: { session: SmtpSession; timer: NodeJS.Timeout }[] = [];
  const waiting: (() => void)[] = [];
  const underWay = new Set<Promise<unknown>>();
  let busyCount = 0;

  async function send(mail: MailToSend): Promise<MailOutcome> {
    const deadlineMs = Date.now() + config.sendTimeoutMs;
    if (!(await takeSlot(deadlineMs))) {
      return {
        kind: 'deferred',
        error: { code: 'email.pool_busy', message: 'All connections to the mail server are busy.' },
      };
    }
    try {
      const used = takeIdle();
      if (used !== undefined) {
        const result = await sendOver(used, mail, deadlineMs);
        if (!result.isStale || Date.now() >= deadlineMs) return result.outcome;
      }
      const opened = await openSmtpSession(config, deadlineMs);
      if ('failure' in opened) return opened.failure;
      return (await sendOver(opened.session, mail, deadlineMs)).outcome;
    } finally {
      giveSlotBack();
    }
  }

  async function sendOver(session: SmtpSession, mail: MailToSend, deadlineMs: number): Promise<SendResult> {
    const result = await session.send(mail, deadlineMs);
    if (session.isUsable() && session.mailCount() < config.maxMailsPerConnection) putIdle(session);
    else session.close();
    return result;
  }

  function takeIdle(): SmtpSession | undefined {
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      clearTimeout(kept.timer);
      if (kept.session.isUsable()) return kept.session;
    }
    return undefined;
  }

  function putIdle(session: SmtpSession): void {
    const timer = setTimeout(() => {
      idle.splice(idle.indexOf(kept), 1);
      session.close();
    }, config.idleMs);
    const kept = { session, timer: timer.unref() };
    idle.push(kept);
  }

  function takeSlot(deadlineMs: number): Promise<boolean> {
    if (busyCount < config.maxConnections) {
      busyCount += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const granted = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(granted), 1);
        resolve(false);
      }, deadlineMs - Date.now());
      waiting.push(granted);
    });
  }

  function giveSlotBack(): void {
    const next = waiting.shift();
    // The slot passes to the caller that has waited longest; the number of busy slots stays the same.
    if (next === undefined) busyCount -= 1;
    else next();
  }

  return {
    send(mail) {
      const sending = send(mail);
      underWay.add(sending);
      void sending.finally(() => underWay.delete(sending));
      return sending;
    },
    async close() {
      await Promise.allSettled(underWay);
      for (let session = takeIdle(); session !== undefined; session = takeIdle()) session.close();
    },
  };
}
