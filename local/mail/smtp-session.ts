import type { Socket } from 'node:net';
import type { Faults } from '../control/faults.ts';
import type { MailFault, SmtpMoment } from '../control/faults.schema.ts';

/** A message as it came over the wire, before anything looked into it. */
export interface ReceivedMail {
  from: string;
  to: string[];
  raw: Buffer;
}

/** More than any honest message here; a larger one is answered with 552. */
const maxMessageBytes = 30 * 1024 * 1024;
const endOfData = Buffer.from('\r\n.\r\n');

/**
 * Speaks SMTP with one client, as far as a sender needs it (EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT; no TLS, no AUTH), and
 * acts out the faults that hold. A mail is handed to `keep` before its final reply is sent: what was answered with 250 was kept.
 */
export function serveSmtp(input: {
  socket: Socket;
  faults: Faults;
  keep: (mail: ReceivedMail) => string;
  isPipelining: boolean;
}): void {
  const { socket, faults } = input;
  let envelope: { from: string; to: string[] } | undefined;
  let buffered = Buffer.alloc(0);
  let isReadingMessage = false;
  let work = Promise.resolve();

  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    // One thing after the other, also while a slow reply is pending and the client has sent on.
    work = work.then(consume);
  });
  work = work.then(() => act('greeting', '', () => reply('220 throughline mail catcher')));

  async function consume(): Promise<void> {
    while (!socket.destroyed) {
      if (isReadingMessage) {
        const message = takeMessage();
        if (message === undefined) return atBody();
        isReadingMessage = false;
        await finish(message);
        continue;
      }
      const end = buffered.indexOf('\n');
      if (end < 0) return;
      const line = buffered.subarray(0, end).toString('utf8').replace(/\r$/, '');
      buffered = buffered.subarray(end + 1);
      await command(line);
    }
  }

  async function command(line: string): Promise<void> {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
        return reply(
          `250-throughline\r\n${input.isPipelining ? '250-PIPELINING\r\n' : ''}250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 31457280`,
        );
      case 'HELO':
        return reply('250 throughline');
      case 'MAIL':
        return act('mail', line, async () => {
          envelope = { from: addressIn(line), to: [] };
          await reply('250 2.1.0 Sender noted');
        });
      case 'RCPT':
        if (envelope === undefined) return reply('503 5.5.1 MAIL first');
        return act('rcpt', line, async () => {
          envelope?.to.push(addressIn(line));
          await reply('250 2.1.5 Recipient noted');
        });
      case 'DATA':
        if (envelope === undefined || envelope.to.length === 0) return reply('503 5.5.1 RCPT first');
        return act('data', envelopeText(), async () => {
          isReadingMessage = true;
          await reply('354 End with a dot on a line of its own');
        });
      case 'RSET':
        envelope = undefined;
        return reply('250 2.0.0 Forgotten');
      case 'NOOP':
        return reply('250 2.0.0 Still here');
      case 'QUIT':
        await reply('221 2.0.0 Good-bye');
        socket.end();
        return;
      default:
        return reply('502 5.5.2 Unknown command');
    }
  }

  function takeMessage(): Buffer | undefined {
    // An empty message is a lone dot, with no line end before it.
    if (buffered.subarray(0, 3).equals(Buffer.from('.\r\n'))) {
      buffered = buffered.subarray(3);
      return Buffer.alloc(0);
    }
    const end = buffered.indexOf(endOfData);
    if (end < 0) return undefined;
    const message = buffered.subarray(0, end + 2);
    buffered = buffered.subarray(end + endOfData.length);
    return Buffer.from(message.toString('latin1').replaceAll(/^\.\./gm, '.'), 'latin1');
  }

  async function atBody(): Promise<void> {
    if (buffered.length === 0) return;
    const fault = take('body', envelopeText());
    if (fault?.fault === 'drop') socket.destroy();
    if (fault?.fault === 'hang') socket.pause();
  }

  async function finish(raw: Buffer): Promise<void> {
    const mail = { from: envelope?.from ?? '', to: envelope?.to ?? [], raw };
    // A fault may name the recipient or a text of the message.
    const text = `${envelopeText()}\n${raw.toString('utf8')}`;
    envelope = undefined;
    if (raw.length > maxMessageBytes) return reply('552 5.3.4 Too large');
    const drop = take('body', text);
    if (drop !== undefined) return void socket.destroy();
    await act(
      'dot',
      text,
      () => reply(`250 2.0.0 Kept as ${input.keep(mail)}`),
      () => void input.keep(mail),
    );
  }

  /** Does `honest` unless a fault holds at this moment; `accept` is what a fault does first that loses only the reply. */
  async function act(
    moment: SmtpMoment,
    text: string,
    honest: () => Promise<void>,
    accept?: () => void,
  ): Promise<void> {
    const fault = take(moment, text);
    switch (fault?.fault) {
      case 'reply':
        await reply(`${fault.code} ${fault.code < 500 ? '4' : '5'}.0.0 Refused on purpose`);
        if (fault.code === 421) socket.end();
        return;
      case 'drop':
        if (fault.accepted !== false) accept?.();
        socket.destroy();
        return;
      case 'hang':
        if (fault.accepted !== false) accept?.();
        socket.pause();
        return;
      case 'garbage':
        return reply('hello, is this the post office?');
      default:
        return honest();
    }
  }

  function take(moment: SmtpMoment, text: string): MailFault | undefined {
    return faults.take({ service: 'mail', text, accepts: (fault) => 'at' in fault && fault.at === moment });
  }

  async function reply(line: string): Promise<void> {
    const slow = faults.take({ service: 'mail', text: line, accepts: (fault) => fault.fault === 'slow' });
    if (slow?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, slow.delayMs));
    if (!socket.destroyed) socket.write(`${line}\r\n`);
  }

  function envelopeText(): string {
    return `${envelope?.from ?? ''} ${envelope?.to.join(' ') ?? ''}`;
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}
