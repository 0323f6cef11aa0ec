import type { Client } from '../../sdk/client/client.ts';
import { apiClient, explained } from '../support/api.ts';
import { CliError, say } from '../support/output.ts';
import { followBulk } from './follow-bulk.ts';

/** Which failed runs are retried, and why. */
export type RetryFailedOptions = { reason: string; journey?: string };

/** Has the server retry the failed runs of journeys, and says how far it is. @throws CliError where one refused */
export async function retryFailed(
  { reason, journey }: RetryFailedOptions,
  client: Client = apiClient(),
  everyMs?: number,
): Promise<void> {
  const filter = { kind: 'journey', status: 'failed', ...(journey === undefined ? {} : { journey }) } as const;
  const { done, refused } = await explained(async () => {
    const { id } = await client.bulk.start({ kind: 'retry', runs: { filter }, reason });
    return followBulk(client, id, everyMs);
  });
  if (refused > 0) throw new CliError(`${refused} of ${done + refused} run(s) were not retried`);
  say(`${done} run(s) retried`);
}
