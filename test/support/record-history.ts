import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Temporal } from '../../platform/temporal/client.ts';

/**
 * Writes a run's history to `test/replay/histories/` when TL_RECORD_HISTORIES is set, under a name that says what shape it is.
 * `execution` is one of its executions, without it the last. A history of a released shape is never replaced: the next one gets a new name.
 */
export async function recordHistory(
  temporal: Temporal,
  workflowId: string,
  name: string,
  execution?: string,
): Promise<void> {
  if (!process.env['TL_RECORD_HISTORIES']) return;
  const folder = fileURLToPath(new URL('../replay/histories/', import.meta.url));
  const history = await temporal.client.workflow.getHandle(workflowId, execution).fetchHistory();
  mkdirSync(folder, { recursive: true });
  const text = historyToJSON(history).replaceAll(`@${hostname()}`, '@recorded');
  writeFileSync(`${folder}${name}.json`, `${text}\n`);
}
