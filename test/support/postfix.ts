import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isListening } from '../../local/ports.ts';
import type { Certificate } from './certificates.ts';
import { unpackPackages } from './debian-packages.ts';
import { testPort } from './ports.ts';

/** A Postfix of the test's own: it takes mail to `domain` over TLS from those who sign in, and keeps it; nothing leaves this machine. */
export type Postfix = {
  port: number;
  /** The mails that it has delivered, as they lie in the mailbox. */
  mails(): string[];
  stop(): Promise<void>;
};

/** Who may sign in to it. */
export const postfixLogin = { user: 'us@mail.test', password: 'r/ght & long' };
/** The name of an address that does not exist, at each domain: a mail to it is taken, and comes back. */
export const postfixNobody = 'gone';

const packages = ['postfix', 'sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db'];
const queueFolders = [
  'active',
  'bounce',
  'corrupt',
  'defer',
  'deferred',
  'flush',
  'hold',
  'incoming',
  'maildrop',
  'private',
  'public',
  'saved',
  'trace',
];

/**
 * Unpacks Debian's packages beside the system, which stays as it is, and starts Postfix out of them as root with an unprivileged user of the
 * system. @throws Error where this process is not root, or Debian's packages cannot be had
 */
export async function startPostfix(domain: string, certificate: Certificate): Promise<Postfix> {
  if (process.getuid?.() !== 0) throw new Error('Postfix has to be started by root');
  // Its processes give up their rights, and must still get here.
  const folder = mkdtempSync(join(tmpdir(), 'tl-postfix-'));
  chmodSync(folder, 0o755);
  const programs = join(folder, 'programs');
  unpackPackages(packages, programs);
  const config = join(folder, 'config');
  const port = await testPort('Postfix');
  const [uid, gid] = ['-u', '-g'].map((part) => Number(execFileSync('id', [part, 'nobody'])));
  const lib = readdirSync(join(programs, 'usr/lib')).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const own = {
    MAIL_CONFIG: config,
    LD_LIBRARY_PATH: join(programs, 'usr/lib/postfix'),
    SASL_PATH: join(programs, 'usr/lib', lib, 'sasl2'),
  };
  const imports = Object.entries(own)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  mkdirSync(join(config, 'sasl'), { recursive: true });
  writeFileSync(join(config, 'main.cf'), mainConfig({ folder, programs, domain, imports, uid, gid }));
  writeFileSync(join(config, 'master.cf'), services(port));
  writeFileSync(join(config, 'transports'), `/^${postfixNobody}@/ nobody:\n`);
  writeFileSync(join(config, 'server.pem'), certificate.keyPem + certificate.certPem, { mode: 0o600 });
  const accounts = join(config, 'accounts');
  writeFileSync(
    join(config, 'sasl/smtpd.conf'),
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: ${accounts}\n`,
  );
  const [name = '', realm = ''] = postfixLogin.user.split('@');
  execFileSync(join(programs, 'usr/sbin/saslpasswd2'), ['-p', '-c', '-f', accounts, '-u', realm, name], {
    input: postfixLogin.password,
    env: { ...process.env, ...own },
  });
  const ofNobody = [
    accounts,
    ...['data', 'mail', ...queueFolders.map((each) => join('queue', each))].map((each) => join(folder, each)),
  ];
  mkdirSync(join(folder, 'queue/pid'), { recursive: true });
  for (const path of ofNobody) {
    if (path !== accounts) mkdirSync(path, { recursive: true });
    chownSync(path, uid ?? 0, gid ?? 0);
  }
  const master = spawn(join(programs, 'usr/lib/postfix/sbin/master'), ['-c', config, '-d'], {
    env: { ...process.env, ...own },
    stdio: 'ignore',
  });
  if (!(await isListening(port, 20_000))) throw new Error('Postfix did not start');
  const mailbox = join(folder, 'mail/all/new');
  return {
    port,
    mails: () => filesIn(mailbox).map((file) => readFileSync(join(mailbox, file), 'latin1')),
    async stop() {
      master.kill();
      await once(master, 'exit');
      // Its processes end after it, and may still write.
      rmSync(folder, { recursive: true, maxRetries: 20 });
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function mainConfig(own: {
  folder: string;
  programs: string;
  domain: string;
  imports: string;
  uid: number | undefined;
  gid: number | undefined;
}): string {
  const { folder, programs } = own;
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
daemon_directory = ${programs}/usr/lib/postfix/sbin
command_directory = ${programs}/usr/sbin
meta_directory = ${programs}/etc/postfix
shlib_directory = no
mail_owner = nobody
setgid_group = games
default_privs = daemon
import_environment = ${own.imports}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
myhostname = mail.test
mydestination =
alias_maps =
local_recipient_maps =
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = ${own.domain}
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:all/
transport_maps = regexp:${folder}/config/transports
virtual_uid_maps = static:${own.uid}
virtual_gid_maps = static:${own.gid}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unauth_destination, permit_sasl_authenticated, reject
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = ${folder}/config/server.pem
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = ${folder}/config/sasl
`;
}

/** The processes that receive and deliver mail, none in a root folder of its own. Where a third word stands, there may be so many. */
function services(port: number): string {
  const local = [
    'cleanup cleanup',
    'rewrite trivial-rewrite',
    'bounce bounce',
    'defer bounce',
    'trace bounce',
    'error error',
    'retry error',
    'proxymap proxymap',
    'anvil anvil 1',
    'tlsmgr tlsmgr 1',
  ].map((words) => {
    const [name = '', program = '', most = '0'] = words.split(' ');
    return `${name} unix ${name === 'cleanup' ? 'n' : '-'} - n - ${most} ${program}`;
  });
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'postlog unix-dgram n - n - 1 postlogd',
    'qmgr unix n - n 300 1 qmgr',
    'virtual unix - n n - - virtual',
    // 67 says that there is no such user.
    `nobody unix - n n - - pipe\n  user=daemon argv=/bin/sh -c {exit 67}`,
    ...local,
    '',
  ].join('\n');
}
