import type { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { standardOutput } from './log-output.ts';
import { printable } from './printable.ts';

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
/** Looked for from the beginning of a word alone, so that a long one costs no more than its length. */
const address = /(?<![^\s@<>"])[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+/g;

/** `pretty` is for a terminal; `destination` replaces the standard output. */
export type LogOptions = { name: string; level: string; pretty?: boolean; destination?: Writable };

/**
 * The process's logger: one JSON line an entry, pretty on a terminal, with secrets and addresses redacted. A log call never
 * throws and never ends the process, whatever it is given and whatever becomes of the destination.
 */
export function createLogger(options: LogOptions): Logger {
  const settings: pino.LoggerOptions = {
    name: options.name,
    level: options.level,
    redact: { paths, censor: '[redacted]' },
    hooks: {
      logMethod(args, method) {
        const clean = args.map((arg: unknown) => (typeof arg === 'string' ? redacted(arg) : arg));
        try {
          method.apply(this, clean as Parameters<typeof method>);
        } catch (error) {
          method.apply(this, [{ err: error }, 'A log entry could not be written']);
        }
      },
    },
    serializers: { err: describeError },
  };
  const destination = options.destination?.on('error', () => undefined) ?? standardOutput();
  return pino(settings, options.pretty ? prettily(destination) : destination);
}

/** What a terminal obeys, as JSON writes it, and a backslash that stands for itself. */
const escapes = /\\\\|\\(?:[bfr]|u(?:00(?:0[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f])|202[a-e]|206[6-9]))/g;

/** Makes the lines readable on their way. In this thread, as the error of a thread whose output is gone ends the process. */
function prettily(destination: { write(text: string): unknown }): pino.DestinationStream {
  const format = prettyFactory({ ignore: 'pid,hostname' });
  // Escaped once more, such a character is shown as it is written.
  const shown = (line: string): string =>
    printable(line).replaceAll(escapes, (found) => (found === '\\\\' ? found : `\\${found}`));
  return { write: (line: string) => void destination.write(format(shown(line))) };
}

/** What is logged of a thrown value. Not everything thrown is an `Error`: the Temporal SDK's core passes text. */
function describeError(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: redacted(asText(thrown)) };
  return {
    type: thrown.name,
    message: redacted(asText(thrown.message)),
    ...(thrown.stack === undefined ? {} : { stack: redacted(thrown.stack) }),
  };
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function redacted(text: string): string {
  return text.replace(address, '[address]');
}

export type { Logger };
