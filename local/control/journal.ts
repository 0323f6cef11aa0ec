import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The outside services that have a double. */
export const ServiceName = z.enum(['mail', 'llm', 'crm', 'payment']);
export type ServiceName = z.infer<typeof ServiceName>;

/**
 * One effect that a double accepted. `key` is what the sender uses to tell effects apart (Message-ID, idempotency key,
 * external id, hash of the prompt); `seq` rises by one within a service. This is the ground truth of the crash tests.
 */
export const JournalEntry = z.strictObject({
  seq: z.int(),
  at: z.iso.datetime(),
  service: ServiceName,
  kind: z.string(),
  key: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** An append-only list of accepted effects, on disk as one JSON line each. */
export interface Journal {
  append(entry: { kind: string; key: string; details: Record<string, unknown> }): JournalEntry;
  /** All entries, oldest first. The array is the journal's own: read it, do not change it. */
  entries(): readonly JournalEntry[];
  clear(): void;
  close(): void;
}

/**
 * Opens the journal of one service in `home`, with the entries of earlier runs. Each entry is handed to the kernel before
 * `append` returns, so a killed process loses none; a last line cut off by a crash of the machine is dropped.
 */
export function openJournal(input: { home: string; service: ServiceName }): Journal {
  mkdirSync(input.home, { recursive: true, mode: 0o700 });
  const path = join(input.home, `${input.service}.jsonl`);
  let entries = readEntries(path);
  // Mails with links that decide and sign in are among the entries.
  const file = openSync(path, 'a', 0o600);
  return {
    append(entry) {
      const seq = (entries.at(-1)?.seq ?? 0) + 1;
      const stored: JournalEntry = { seq, at: new Date().toISOString(), service: input.service, ...entry };
      appendFileSync(file, `${JSON.stringify(stored)}\n`);
      entries.push(stored);
      return stored;
    },
    entries: () => entries,
    clear() {
      truncateSync(path);
      entries = [];
    },
    close: () => closeSync(file),
  };
}

function readEntries(path: string): JournalEntry[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // A cut-off tail would otherwise become part of the next entry.
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JournalEntry.parse(JSON.parse(line)));
}
