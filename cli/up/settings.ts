import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { installationShape } from '../../worker/settings.ts';
import { CliError } from '../support/output.ts';
import type { Ports } from './ports.ts';

/** The services that the local stack plays itself, unless the environment names real ones. */
const standIns = [
  { name: 'llm', setting: 'OPENAI_BASE_URL' },
  { name: 'email', setting: 'SMTP_URL' },
  { name: 'crm', setting: 'CRM_BASE_URL' },
  { name: 'payment', setting: 'STRIPE_BASE_URL' },
];

/** Below this much room Postgres and Temporal come up and then fail in the middle of work. */
const neededBytes = 500 * 1024 * 1024;

/**
 * The master key of this installation: THROUGHLINE_KEY, else one made once in `home`, readable by its owner alone.
 * @throws CliError where the file holds none
 */
export function masterKey(home: string): string {
  const given = process.env['THROUGHLINE_KEY'];
  if (given) return given;
  const file = join(home, 'key');
  if (!existsSync(file)) makeKey(file);
  const key = readFileSync(file, 'utf8').trim();
  if (key.length >= shortestKey) return key;
  throw new CliError(
    `${file} holds no whole key. Put the one from your backup there; delete the file only where nothing was ever stored with it.`,
  );
}

/** Characters of the shortest key that THROUGHLINE_KEY takes. */
const shortestKey = 32;

/** Writes a new key, which is there as a whole or not at all: half of one would seal what nobody can open. */
function makeKey(file: string): void {
  const fresh = `${file}.${process.pid}`;
  const opened = openSync(fresh, 'w', 0o600);
  try {
    writeSync(opened, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  renameSync(fresh, file);
}

/** @throws CliError when the disk under `home` is nearly full */
export function checkDisk(home: string): void {
  const { bavail, bsize } = statfsSync(home);
  if (bavail * bsize < neededBytes)
    throw new CliError(`The disk under ${home} has less than 500 MB left: free some and start again.`);
}

/**
 * The settings of API and worker: what the environment sets wins, everything else points at the local stack. The database login
 * is left out, as both use roles of their own.
 */
export function programSettings(stack: {
  home: string;
  ports: Ports;
  key: string;
  databaseUrl: string;
  temporalAddress: string;
}): Record<string, string> {
  const { ports } = stack;
  const local: Record<string, string> = {
    PORT: String(ports.api),
    PUBLIC_URL: `http://127.0.0.1:${ports.api}`,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    OPENAI_BASE_URL: `http://127.0.0.1:${ports.llm}/v1`,
    LLM_OWN_HOSTS: 'localhost,127.0.0.1',
    CRM_BASE_URL: `http://127.0.0.1:${ports.crm}`,
    STRIPE_BASE_URL: `http://127.0.0.1:${ports.payment}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${createHash('sha256').update(`local webhook ${stack.key}`).digest('hex')}`,
    STAND_INS: standIns
      .filter(({ setting }) => !process.env[setting])
      .map(({ name }) => name)
      .join(','),
    MAIL_URL: process.env['SMTP_URL'] ? '' : `http://127.0.0.1:${ports.control}`,
    TEMPORAL_UI_URL: process.env['TEMPORAL_ADDRESS'] ? '' : `http://127.0.0.1:${ports.temporalUi}`,
  };
  const given = Object.entries(process.env).flatMap(([name, value]) =>
    name in installationShape && name !== 'PORT' && value ? [[name, value] as const] : [],
  );
  return {
    ...local,
    ...Object.fromEntries(given),
    THROUGHLINE_HOME: stack.home,
    THROUGHLINE_KEY: stack.key,
    DATABASE_URL: withoutLogin(stack.databaseUrl),
    TEMPORAL_ADDRESS: stack.temporalAddress,
  };
}

function withoutLogin(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = '';
  url.password = '';
  return url.toString();
}
