import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { baseUrl } from './base-url.ts';
import { databaseAddress } from './db/core/database-url.ts';
import { objectsShape } from './objects/settings.ts';
import { retentionShape } from './retention.ts';
import { temporalShape } from './temporal/settings.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/** What commands need that work on the database alone. */
export const databaseShape = {
  DATABASE_URL: z
    .string()
    .superRefine((text, context) => {
      try {
        databaseAddress(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
    })
    .describe(
      'Postgres 18 login that may create roles; the roles tl_owner, tl_app and tl_system are made by it. TLS: ?sslmode=verify-full, see docs/real-services.md',
    ),
  THROUGHLINE_KEY: z
    .string()
    .min(32)
    .describe(
      'master key, at least 32 characters: seals stored secrets and signs links; keep it with the backups, apart from them',
    ),
  PUBLIC_URL: baseUrl
    .default('http://127.0.0.1:4400')
    .describe('how people reach the API; links in mails start with it'),
  THROUGHLINE_OLD_KEYS: z
    .string()
    .default('')
    .transform(listed)
    .pipe(z.array(z.string().min(32)))
    .describe(
      'master keys of before, comma-separated: they read what they made, until `throughline keys rotate` says that they may go',
    ),
} as const;

/**
 * The settings that the API, the worker and the command line share, with their meaning. What a part needs beside them it declares itself,
 * and its program adds it: `worker/settings.ts`, `api/settings.ts`. This module alone reads `process.env`.
 */
export const configShape = {
  ...databaseShape,
  ...temporalShape,
  TL_DEPLOYMENT: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default('main')
    .describe('prefix of the task queues; two deployments may share one Temporal'),
  THROUGHLINE_HOME: z.string().default('.throughline').describe('folder for the object store and generated files'),
  ...objectsShape,
  HOST: z.string().default('127.0.0.1').describe('address the API listens on'),
  PORT: port.default(4400).describe('port the API listens on'),
  INSECURE_LAN: z.stringbool().default(false).describe('allow cookies without https away from loopback'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(listed)
    .pipe(
      z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'use addresses and networks, such as 10.0.0.0/8')),
    )
    .describe(
      'addresses and networks of the proxies before the API, comma-separated: they say where a request comes from',
    ),
  API_RATE_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(12_000)
    .describe('requests a minute for each key or person (for each address where nobody is known), in each API process'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least severe log line that is written'),
  QUEUES: z
    .string()
    .default('core,email,llm,crm,render')
    .describe('queues that this worker process serves, comma-separated'),
  RUN_POOLS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('how many pools share out the runs that have no workflow of their own; the same in every worker process'),
  METRICS_PORT: port.default(0).describe('port of the worker metrics; 0 takes none'),
  STAND_INS: z
    .string()
    .default('')
    .describe('which of llm, email, crm, payment are local stand-ins, comma-separated; the dashboard says so'),
  TEMPORAL_UI_URL: z
    .string()
    .default('')
    .describe('address of Temporal’s own web interface, shown to those who operate runs'),
  MAIL_URL: z.string().default('').describe('address of a page that shows caught mails, where mail is a stand-in'),
  ...retentionShape,
} as const;

/** The parts of a text between its commas, without spaces around them and without empty ones. */
export function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The shared settings, parsed. */
export type Config = z.infer<z.ZodObject<typeof configShape>>;

/** A configuration that cannot be used; `problems` has one line for each setting. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The configuration has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The environment, or what stands for it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Reads the settings of a shape from `env`, reporting all problems at once; an empty one counts as not given. @throws ConfigError */
export function readSettings<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Env = process.env,
): z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in shape && value !== ''));
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** Reads the shared settings. @throws ConfigError */
export function readConfig(env: Env = process.env): Config {
  return readSettings(configShape, env);
}

/** Where a secret is kept that a setting only refers to: a variable of the environment, or a file. */
export type SecretReference = { env: string } | { file: string };

/** Reads a secret that `setting` refers to, without the line end of a file. @throws ConfigError where there is none; it never holds a value */
export function readReferred(setting: string, reference: SecretReference, env: Env = process.env): string {
  const value = 'env' in reference ? env[reference.env] : contentOf(setting, reference.file);
  if (value !== undefined && value.trim() !== '') {
    if (/^[\x21-\x7E]+$/.test(value.trim())) return value.trim();
    throw new ConfigError([`${setting}: what it refers to has white space or another character in it that no key has`]);
  }
  const place = 'env' in reference ? `the variable ${reference.env} is not set` : `the file ${reference.file} is empty`;
  throw new ConfigError([`${setting}: ${place}`]);
}

function contentOf(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new ConfigError([`${setting}: the file ${file} cannot be read (${code})`]);
  }
}

/** The password of a database role, derived from the master key so that one secret configures all logins. */
export function rolePassword(masterKey: string, role: string): string {
  return createHash('sha256').update(`throughline/role/${role}\0${masterKey}`).digest('base64url');
}
