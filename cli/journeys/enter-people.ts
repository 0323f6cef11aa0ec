import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type Entries,
  EntriesRequest,
  mostNamedPeople,
  type People,
} from '../../contracts/journeys/entries-api.schema.ts';
import { csvLimits, CsvRefused, readCsv } from '../../platform/rows/csv/read-csv.ts';
import type { Client } from '../../sdk/client/client.ts';
import { followBulk } from '../runs/follow-bulk.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, note, say } from '../support/output.ts';

/** Who enters (one of the first three), and how. */
export type EnterOptions = {
  file?: string;
  filter: string[];
  all?: true;
  rate?: number;
  execution?: string;
  reason: string;
  dryRun?: true;
};

/** The most ids in one file. */
const mostIds = 1_000_000;

/**
 * Has the server let people into a journey and says how far it is; a file with more ids than one call takes becomes several operations, one after
 * the other. @throws CliError for a refusal, and where some did not enter
 */
export async function enterPeople(
  slug: string,
  options: EnterOptions,
  client: Client = apiClient(),
  everyMs?: number,
): Promise<void> {
  const parts = await partsOf(options);
  const counted: Entries[] = [];
  let notEntered = 0;
  for (const people of parts) {
    const request = requestOf(options, people);
    // One key for one call: whatever the network does to the answer, the operation is one.
    const entries = await explained(() => client.journeys.enter(slug, request, { idempotencyKey: randomUUID() }));
    counted.push(entries);
    if (entries.unknown > 0) note(`${entries.unknown} of them unknown: ${entries.unknownIds.join(', ')}`);
    const { id } = entries;
    if (id === null) continue;
    const { done, refused, reasons, state } = await explained(() => followBulk(client, id, everyMs));
    const why = Object.entries(reasons).map(([code, count]) => `${count} ${code}`);
    say([`${done} have entered`, ...why].join(', '));
    if (state === 'cancelled') throw new CliError('It was ended before all had entered');
    notEntered += refused;
  }
  if (options.dryRun) {
    const sum = (of: (entries: Entries) => number): number => counted.reduce((all, each) => all + of(each), 0);
    const [people, keptOut] = [sum((each) => each.people), sum((each) => each.keptOut)];
    const waiting = sum((each) => each.waiting) > 0 ? ', once the journey goes on' : '';
    say(`${people - keptOut} of ${people} would enter${waiting}; ${keptOut} are kept out by the re-entry policy`);
  } else if (notEntered > 0) throw new CliError(`${notEntered} did not enter`);
}

function requestOf({ rate, execution, reason, dryRun }: EnterOptions, people: People): EntriesRequest {
  const read = EntriesRequest.safeParse({ people, rate, execution, reason, dryRun: dryRun === true });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CliError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
}

/** Whom the calls mean. */
async function partsOf({ file, filter, all }: EnterOptions): Promise<People[]> {
  const given = [file !== undefined, filter.length > 0, all === true].filter(Boolean).length;
  if (given !== 1) throw new CliError('Say who enters: --file, --filter or --all');
  if (all === true) return [{ all: true }];
  if (file === undefined) return [{ attributes: Object.fromEntries(filter.map(attributeOf)) }];
  const ids = [...new Set(await idsOf(file))];
  if (ids.length === 0) throw new CliError(`${file} holds no external id`);
  const count = Math.ceil(ids.length / mostNamedPeople);
  return Array.from({ length: count }, (_, at) => ({
    externalIds: ids.slice(at * mostNamedPeople, (at + 1) * mostNamedPeople),
  }));
}

/** `plan=pro`; what reads as a number, `true` or `false` is that. */
function attributeOf(text: string): [string, string | number | boolean] {
  const at = text.indexOf('=');
  if (at < 1) throw new CliError(`--filter ${text}: write it as attribute=value`);
  const value = text.slice(at + 1);
  if (value === 'true' || value === 'false') return [text.slice(0, at), value === 'true'];
  return [text.slice(0, at), /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}

async function idsOf(file: string): Promise<string[]> {
  const ids: string[] = [];
  let column = 0;
  try {
    for await (const item of readCsv(createReadStream(file), {}, { ...csvLimits, maxRows: mostIds })) {
      if (item.kind === 'error') throw new CliError(`${file}, line ${item.error.line}: ${item.error.message}`);
      if (item.kind === 'header') column = Math.max(0, item.cells.findIndex(isIdColumn));
      else if (item.cells[column]?.trim()) ids.push((item.cells[column] ?? '').trim());
    }
  } catch (error) {
    if (error instanceof CsvRefused) throw new CliError(`${file}: ${error.message}. ${error.problem.hint}`);
    if (error instanceof Error && 'code' in error) throw new CliError(`${file}: ${error.message}`);
    throw error;
  }
  return ids;
}

function isIdColumn(name: string): boolean {
  return name.trim().toLowerCase().replaceAll(/[ _-]/g, '') === 'externalid';
}
