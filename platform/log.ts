import type { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';

/** Keys whose values never reach a log line: secrets, addresses and bodies. */
const secretKeys = [
  'password',
  'token',
  'authorization',
  'cookie',
  'secret',
  'email',
  'to',
  'recipient',
  'body',
  'apiKey',
  'key',
];
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
const address = /[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+/g;

/** `pretty` is for a terminal; `destination` replaces the standard output. */
export type LogOptions = { name: string; level: string; pretty?: boolean; destination?: Writable };

/** The process's logger: one JSON line an entry, pretty on a terminal, with secrets and addresses redacted. */
export function createLogger(options: LogOptions): Logger {
  const settings: pino.LoggerOptions = {
    name: options.name,
    level: options.level,
    redact: { paths, censor: '[redacted]' },
    hooks: {
      logMethod(args, method) {
        const clean = args.map((arg: unknown) => (typeof arg === 'string' ? arg.replace(address, '[address]') : arg));
        method.apply(this, clean as Parameters<typeof method>);
      },
    },
    serializers: {
      err: (error: Error) => ({
        type: error.name,
        message: error.message.replace(address, '[address]'),
        stack: error.stack?.replace(address, '[address]'),
      }),
    },
    ...(options.pretty ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } } : {}),
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

export type { Logger };
