import { apiClient, explained } from '../support/api.ts';
import { say } from '../support/output.ts';
import { table } from '../support/table.ts';
import { dollars, progressLine } from './progress.ts';

/** Prints a page of batches. @throws CliError for a refusal */
export async function listBatches({ json, ...query }: { limit: number; json?: true }): Promise<void> {
  const page = await explained(() => apiClient().batches.list(query));
  if (json) return say(JSON.stringify(page));
  const rows = page.items.map((batch) => [
    batch.id,
    batch.status,
    batch.outcome ?? batch.stage,
    String(batch.rows),
    String(batch.rowErrors),
    dollars(batch.spentMicros),
    batch.name,
  ]);
  table([['id', 'status', 'stage', 'rows', 'bad', 'cost', 'name'], ...rows]).forEach(say);
  say(`${page.items.length} batch(es)${page.nextCursor === null ? '' : ', and more'}`);
}

/** Prints one batch with its flagged documents. @throws CliError for a refusal */
export async function showBatch(id: string, isJson: boolean): Promise<void> {
  const client = apiClient();
  const [batch, flagged] = await explained(() =>
    Promise.all([client.batches.show(id), client.batches.documents(id, { show: 'flagged', limit: 200 })]),
  );
  if (isJson) return say(JSON.stringify({ ...batch, flagged: flagged.items }));
  say(`${batch.name}: ${batch.outcome ?? progressLine(batch)}`);
  for (const document of flagged.items) {
    const finding = document.findings.find(({ severity }) => severity === 'error');
    say(`  ${document.key} (line ${document.line}): ${finding?.message ?? 'flagged'}`);
  }
}

/** Prints the rows without a document as the API's CSV. @throws CliError for a refusal */
export async function printErrors(id: string): Promise<void> {
  const response = await explained(() => apiClient().batches.errors(id));
  say((await response.text()).trimEnd());
}

/** Makes what an ended batch has no document of, as a new batch. @throws CliError for a refusal */
export async function makeAgain(
  id: string,
  body: { reason: string; model?: string; template?: string },
): Promise<void> {
  const batch = await explained(() => apiClient().batches.again(id, body));
  say(`${batch.name}: ${batch.id}`);
}
