import { ApiProblem, type Client } from '../../sdk/client/client.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, say } from '../support/output.ts';

/** Which failed runs are retried, and why. */
export type RetryFailedOptions = { reason: string; journey?: string; limit: string };

/** The API's largest page. */
const pageSize = 200;

/** Retries the failed runs of journeys, each by itself, and says what came of each. @throws CliError where one was refused */
export async function retryFailed(
  { reason, journey, limit }: RetryFailedOptions,
  client: Client = apiClient(),
): Promise<void> {
  const ids = await explained(() => failedRuns(client, journey, Number(limit)));
  const refused = await retryEach(client, ids, reason);
  if (refused > 0) throw new CliError(`${refused} of ${ids.length} run(s) were not retried`);
  say(`${ids.length} run(s) retried`);
}

/** They are all found before the first is retried: a run that was leaves the list. */
async function failedRuns(client: Client, journey: string | undefined, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ids.length < limit;) {
    const page = await client.runs.list({ kind: 'journey', status: 'failed', journey, limit: pageSize, cursor });
    ids.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return ids.slice(0, limit);
}

/** @returns how many were refused @throws whatever is no refusal: the API is away */
async function retryEach(client: Client, ids: readonly string[], reason: string): Promise<number> {
  let refused = 0;
  for (const [index, id] of ids.entries()) {
    const line = `${index + 1}/${ids.length}  ${id}  `;
    try {
      await client.runs.operate(id, { kind: 'retry', reason });
      say(`${line}retried`);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      refused += 1;
      say(`${line}${error.message}`);
    }
  }
  return refused;
}
