import { join } from 'node:path';
import { loadBatch } from '../batch/load-batch.ts';
import type { DemoParts } from './parts.ts';

/** Leaves a batch at its estimate, so that whoever opens the dashboard finds something to decide; nothing where something waits. */
export async function leaveDecision({ client, examples, say }: DemoParts): Promise<void> {
  const { items } = await client.gates.list({ status: 'open', limit: 1 });
  if (items.length > 0) return;
  const { rows, options } = await loadBatch([join(examples, 'documents')]);
  await client.batches.create(rows, { ...options, name: 'Renewals, for you to decide' });
  say('  Left for you in the Inbox: “Renewals, for you to decide” waits for its estimate to be approved.');
}
