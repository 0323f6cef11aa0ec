import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkOperation } from '../../contracts/runs/bulk-api.schema.ts';
import type { Client } from '../../sdk/client/client.ts';
import { say } from '../support/output.ts';

/**
 * Says how far an operation on many runs is until it has ended, and then which runs refused; the server goes on without this. `everyMs` is how soon
 * it looks again. @returns the operation as it ended
 */
export async function followBulk(client: Client, id: string, everyMs = 1_000): Promise<BulkOperation> {
  for (let shown = ''; ;) {
    const operation = await client.bulk.show(id);
    const { state, done, refused, total } = operation;
    const paused = state === 'paused' ? ', paused' : '';
    const line = `${done + refused}/${total}  ${done} done, ${refused} refused${paused}`;
    if (line !== shown) say(line);
    shown = line;
    if (state !== 'running' && state !== 'paused') {
      await sayRefusals(client, id);
      return operation;
    }
    await sleep(everyMs);
  }
}

async function sayRefusals(client: Client, id: string): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const page = await client.bulk.refusals(id, { cursor, limit: 200 });
    for (const { runId, code, message } of page.items) say(`${runId}  ${code}: ${message}`);
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
