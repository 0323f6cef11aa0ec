import { domainToASCII } from 'node:url';
import addressParser from 'nodemailer/lib/addressparser';
import { ConfigError } from '../../platform/config.ts';
import type { MailSender } from '../../platform/db/access/mail-sender.ts';
import { mailboxFromText } from '../providers/email/smtp/smtp-url.ts';

/** An address, and the name that people read with it. */
export type Mailbox = { name?: string; address: string };

/** Whom mails may come from: first the installation's sender, then those that a workspace may have instead. */
export type Senders = readonly [Mailbox, ...Mailbox[]];

/** Reads the senders of the settings. @throws ConfigError where one is no address */
export function sendersOf({ MAIL_FROM, MAIL_SENDERS }: { MAIL_FROM: string; MAIL_SENDERS: string }): Senders {
  const others = addressParser(MAIL_SENDERS, { flatten: true }).map(({ name, address }) => {
    if (!/^[^\s@]+@[^\s@]+$/.test(address))
      throw new ConfigError([
        `MAIL_SENDERS: ${name || address} is no address, such as hello@example.com, nor “Name <address>”`,
      ]);
    return name === '' ? { address } : { name, address };
  });
  return [inAscii(mailboxFromText(MAIL_FROM)), ...others.map(inAscii)];
}

/** With its domain as the DNS has it: Message-IDs, envelopes and signatures know no other letters. */
function inAscii<T extends Mailbox>(mailbox: T): T {
  return { ...mailbox, address: addressInAscii(mailbox.address) };
}

/** An address with its domain as the DNS has it. */
export function addressInAscii(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  // Node gives nothing for what is no domain.
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

/**
 * From whom a mail of a workspace comes and to whom answers go: what is set for it, as long as the settings allow it; else the
 * installation's sender.
 */
export function senderOf(chosen: MailSender, senders: Senders): { from: Mailbox; replyTo?: Mailbox } {
  const allowed = (address: string | null): Mailbox | undefined =>
    address === null
      ? undefined
      : senders.find((sender) => sender.address.toLowerCase() === addressInAscii(address).toLowerCase());
  const sender = allowed(chosen.from) ?? senders[0];
  const replyTo = allowed(chosen.replyTo);
  return {
    from: chosen.name === null ? sender : { name: chosen.name, address: sender.address },
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}
