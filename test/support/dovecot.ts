import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isListening } from '../../local/ports.ts';
import type { Certificate } from './certificates.ts';
import { unpackPackages } from './debian-packages.ts';
import { testPort } from './ports.ts';

/** A Dovecot of the test's own, with one mailbox and its folders. */
export type Dovecot = {
  /** STARTTLS, and TLS from the start. */
  ports: { imap: number; imaps: number };
  /** Puts a mail into a folder as a delivery does, with the lines as they are. @returns its name there */
  deliver(raw: Uint8Array | string, folder?: string): string;
  /** Makes a mail that its own server cannot read. */
  damage(name: string): void;
  /** The flags of the mails of a folder, such as `S` for one that is read; new ones have none. */
  flags(folder?: string): string[];
  /** Numbers all mails of a folder anew, as after a restore. */
  renumber(folder?: string): void;
  /** Renames a folder, as a person does behind the server's back. */
  rename(from: string, to: string): void;
  stop(): Promise<void>;
};

/** Who may sign in to it. */
export const dovecotLogin = { user: 'returns@mail.test', password: 'r/ght & "long"' };

/** Debian 12's Dovecot with what it needs of the system, as it sees nothing but its own folder. */
const packages =
  `dovecot-core dovecot-imapd libc6 libssl3 libsystemd0 libcap2 libcap-ng0 libaudit1 libpam0g libcrypt1 libsodium23
  libunwind8 libgcrypt20 libgpg-error0 zlib1g libbz2-1.0 liblz4-1 liblzma5 libzstd1`.split(/\s+/);
/** Of who reads and writes mails, and who waits for a sign-in. */
const [mailUser, loginUser] = [1_000, 1_001];

/**
 * Unpacks Debian's packages beside the system, which stays as it is, and starts Dovecot in their folder, as root. It asks `tokenInfoUrl` whom a
 * token is of. @throws Error where this process
 * is not root, or Debian's packages cannot be had
 */
export async function startDovecot(certificate: Certificate, tokenInfoUrl: string): Promise<Dovecot> {
  if (process.getuid?.() !== 0) throw new Error('Dovecot has to be started by root');
  const root = mkdtempSync(join(tmpdir(), 'tl-dovecot-'));
  // Its processes give up their rights, and must still get here.
  chmodSync(root, 0o755);
  unpackPackages(packages, root);
  for (const name of ['lib', 'lib64']) mergeIntoUsr(root, name);
  for (const name of ['dev', 'run', 'tmp', 'var/lib/dovecot', 'mail']) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'dev/null'), '', { mode: 0o666 });
  chmodSync(join(root, 'dev/null'), 0o666);
  chownSync(join(root, 'mail'), mailUser, mailUser);
  const users = { root: 0, dovecot: mailUser, dovenull: loginUser };
  const lines = (line: (name: string, id: number) => string): string =>
    Object.entries(users)
      .map(([name, id]) => `${line(name, id)}\n`)
      .join('');
  writeFileSync(
    join(root, 'etc/passwd'),
    lines((name, id) => `${name}:x:${id}:${id}::/:/bin/false`),
  );
  writeFileSync(
    join(root, 'etc/group'),
    lines((name, id) => `${name}:x:${id}:`),
  );
  const ports = { imap: await testPort('IMAP'), imaps: await testPort('IMAP with TLS') };
  mkdirSync(join(root, 'etc/dovecot'), { recursive: true });
  writeFileSync(join(root, 'etc/dovecot/server.pem'), certificate.keyPem + certificate.certPem, { mode: 0o600 });
  const { user, password } = dovecotLogin;
  writeFileSync(join(root, 'etc/dovecot/users'), `${user}:{PLAIN}${password}:${mailUser}:${mailUser}::/mail\n`);
  writeFileSync(
    join(root, 'etc/dovecot/oauth2.conf'),
    `tokeninfo_url = ${tokenInfoUrl}\nusername_attribute = username\n`,
  );
  writeFileSync(join(root, 'etc/dovecot/dovecot.conf'), settings(ports));
  const server = spawn('/usr/sbin/chroot', [root, '/usr/sbin/dovecot', '-F'], { stdio: 'ignore' });
  if (!(await isListening(ports.imap, 20_000))) throw new Error('Dovecot did not start');
  const folderOf = (name: string): string => join(root, 'mail', name === 'INBOX' ? '' : `.${name}`);
  let count = 0;
  return {
    ports,
    deliver(raw, folder = 'INBOX') {
      const at = folderOf(folder);
      for (const part of ['tmp', 'new', 'cur']) {
        mkdirSync(join(at, part), { recursive: true });
        chownSync(join(at, part), mailUser, mailUser);
      }
      chownSync(at, mailUser, mailUser);
      count += 1;
      // In their order: the server numbers them by their names.
      const file = `${1_000_000_000 + count}.M1P${process.pid}.mail.test`;
      writeFileSync(join(at, 'tmp', file), raw);
      chownSync(join(at, 'tmp', file), mailUser, mailUser);
      renameSync(join(at, 'tmp', file), join(at, 'new', file));
      return join(at, 'new', file);
    },
    damage: (name) => chmodSync(name, 0),
    flags: (folder = 'INBOX') =>
      ['new', 'cur'].flatMap((part) =>
        readdirSync(join(folderOf(folder), part))
          .toSorted()
          .map((file) => file.split(':2,')[1] ?? ''),
      ),
    renumber(folder = 'INBOX') {
      for (const file of readdirSync(folderOf(folder)))
        if (/^dovecot[.-](uidlist|index)/.test(file)) rmSync(join(folderOf(folder), file));
    },
    rename: (from, to) => renameSync(folderOf(from), folderOf(to)),
    async stop() {
      server.kill();
      await once(server, 'exit');
      // Its processes end after it, and may still write.
      rmSync(root, { recursive: true, maxRetries: 20 });
    },
  };
}

/** Packages have files in `/lib` and in `/usr/lib`; a system has one of them. */
function mergeIntoUsr(root: string, name: string): void {
  const from = join(root, name);
  mkdirSync(from, { recursive: true });
  mkdirSync(join(root, 'usr', name), { recursive: true });
  execFileSync('cp', ['-a', `${from}/.`, join(root, 'usr', name)]);
  rmSync(from, { recursive: true });
  symlinkSync(`usr/${name}`, from);
}

function settings(ports: Dovecot['ports']): string {
  return `protocols = imap
listen = 127.0.0.1
log_path = /dovecot.log
mail_location = maildir:/mail
ssl = required
ssl_cert = </etc/dovecot/server.pem
ssl_key = </etc/dovecot/server.pem
auth_failure_delay = 0
auth_mechanisms = plain xoauth2 oauthbearer
first_valid_uid = ${mailUser}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = /etc/dovecot/oauth2.conf
}
passdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
userdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
service anvil {
  # No sign-in waits for those that failed before it.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
`;
}
