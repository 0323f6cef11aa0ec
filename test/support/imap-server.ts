import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** A mail in the mailbox of a test. */
type Mail = { uid: number; raw: Buffer; isSeen: boolean; isWithheld: boolean };

/** What a test decides of its server: with a certificate it speaks TLS from the start, or offers STARTTLS. */
export type ImapServerOptions = {
  certificate?: Certificate;
  tls?: 'implicit' | 'starttls';
  /** Whether it takes an access token: then it takes no password. */
  knowsToken?(token: string | undefined): boolean;
};

/** A mail server with one mailbox, INBOX of user `returns` with password `right`: the part of IMAP4rev1 that a reader needs. */
export type ImapServer = {
  port: number;
  /** Every command as it came, without its tag and without what signs in. */
  commands: string[];
  /** Called before a command is answered: may end the connection, or throw the text of a refusal. */
  before: ((command: string, socket: Socket, args: string) => Promise<void> | void) | null;
  /** Puts a mail there. @returns its UID */
  deliver(raw: string): number;
  /** Marks a mail, as a person does who looks at it. */
  see(uid: number): void;
  seen(): number[];
  /** Gives nothing of a mail from now on. */
  withhold(uid: number): void;
  /** Numbers all mails anew, as after a restore. */
  renumber(): void;
  stop(): Promise<void>;
};

const signIns = new Set(['LOGIN', 'AUTHENTICATE']);

/** The token of the user in what AUTHENTICATE XOAUTH2 brings. */
function tokenOf(args: string): string | undefined {
  const words = Buffer.from(args.replace(/^XOAUTH2 /, ''), 'base64').toString();
  const [user, token] = words.split('\u0001');
  return user === 'user=returns' ? token?.replace(/^auth=Bearer /, '') : undefined;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startImapServer({ certificate, tls, knowsToken }: ImapServerOptions = {}): Promise<ImapServer> {
  let mails: Mail[] = [];
  let validity = 7;
  let nextUid = 1;
  const sockets = new Set<Socket>();
  const capabilities = (isPlain: boolean): string =>
    `IMAP4rev1${tls === 'starttls' && isPlain ? ' STARTTLS LOGINDISABLED' : ''}${knowsToken ? ' SASL-IR AUTH=XOAUTH2' : ''}`;

  const answers: Record<string, (args: string) => string[]> = {
    NOOP: () => [],
    LIST: (args) => (/"?INBOX"?$/i.test(args) ? ['* LIST (\\HasNoChildren) "/" INBOX'] : []),
    LSUB: () => [],
    SELECT(args) {
      if (!/^"?INBOX"?$/i.test(args)) throw new Error('NO [NONEXISTENT] no such mailbox');
      return [
        '* FLAGS (\\Seen)',
        '* OK [PERMANENTFLAGS (\\Seen)] yours',
        `* ${mails.length} EXISTS`,
        `* OK [UIDVALIDITY ${validity}] these`,
        `* OK [UIDNEXT ${nextUid}] next`,
      ];
    },
    'UID SEARCH'(args) {
      const from = Number(/UID (\d+):\*/.exec(args)?.[1] ?? 1);
      const last = mails.at(-1)?.uid ?? 0;
      const found = mails.filter(
        ({ uid, isSeen }) => (uid >= from || uid === last) && !(args.includes('UNSEEN') && isSeen),
      );
      return [`* SEARCH ${found.map(({ uid }) => uid).join(' ')}`.trim()];
    },
    'UID FETCH'(args) {
      const at = mails.findIndex(({ uid }) => uid === Number(args.split(' ')[0]));
      const mail = mails[at];
      if (!mail) return [];
      const most = Number(/BODY\.PEEK\[\]<0\.(\d+)>/.exec(args)?.[1]);
      if (mail.isWithheld) return [`* ${at + 1} FETCH (UID ${mail.uid} RFC822.SIZE 0 BODY[]<0> NIL)`];
      const part = mail.raw.subarray(0, most).toString('latin1');
      return [
        `* ${at + 1} FETCH (UID ${mail.uid} RFC822.SIZE ${mail.raw.length} BODY[]<0> {${part.length}}\r\n${part})`,
      ];
    },
    'UID STORE'(args) {
      for (const mail of mails) if (mail.uid === Number(args.split(' ')[0])) mail.isSeen = true;
      return [];
    },
  };

  function serve(socket: Socket, isPlain: boolean): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const say = (lines: string[]): boolean => socket.write(`${lines.join('\r\n')}\r\n`, 'latin1');
    const answer = async (line: string): Promise<void> => {
      const [, tag = '', command = '', args = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? [];
      const name = command.toUpperCase();
      server.commands.push(signIns.has(name) ? name : `${name} ${args}`.trim());
      try {
        await server.before?.(name, socket, args);
        if (socket.destroyed) return;
        if (name === 'STARTTLS' && certificate) {
          say([`${tag} OK go on`]);
          socket.removeAllListeners('data');
          serve(new TLSSocket(socket, { isServer: true, key: certificate.keyPem, cert: certificate.certPem }), false);
          return;
        }
        if (name === 'AUTHENTICATE' && !knowsToken?.(tokenOf(args))) throw new Error('NO [AUTHENTICATIONFAILED] no');
        if (name === 'LOGIN' && (knowsToken || !/^"?returns"? "?right"?$/.test(args)))
          throw new Error('NO [AUTHENTICATIONFAILED] no');
        const lines =
          name === 'CAPABILITY'
            ? [`* CAPABILITY ${capabilities(isPlain)}`]
            : signIns.has(name)
              ? []
              : name === 'LOGOUT'
                ? ['* BYE']
                : answers[name]?.(args);
        if (!lines) throw new Error('BAD not known');
        say([...lines, `${tag} OK done`]);
        if (name === 'LOGOUT') socket.end();
      } catch (error) {
        say([`${tag} ${error instanceof Error ? error.message : 'BAD'}`]);
      }
    };
    let text = '';
    let turn = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const lines = text.split('\r\n');
      text = lines.pop() ?? '';
      for (const line of lines) turn = turn.then(() => answer(line));
    });
    if (isPlain || tls === 'implicit') say(['* OK ready']);
  }

  const listener = createServer((socket) => {
    if (tls === 'implicit' && certificate) {
      socket.on('error', () => undefined);
      serve(new TLSSocket(socket, { isServer: true, key: certificate.keyPem, cert: certificate.certPem }), false);
    } else serve(socket, true);
  });
  const server: ImapServer = {
    port: 0,
    commands: [],
    before: null,
    deliver(raw) {
      mails.push({ uid: nextUid, raw: Buffer.from(raw, 'latin1'), isSeen: false, isWithheld: false });
      return nextUid++;
    },
    see(uid) {
      for (const mail of mails) if (mail.uid === uid) mail.isSeen = true;
    },
    withhold(uid) {
      for (const mail of mails) if (mail.uid === uid) mail.isWithheld = true;
    },
    seen: () => mails.filter(({ isSeen }) => isSeen).map(({ uid }) => uid),
    renumber() {
      validity += 1;
      mails = mails.map((mail, at) => ({ ...mail, uid: at + 1 }));
      nextUid = mails.length + 1;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  server.port = address.port;
  return server;
}
