import { join } from 'node:path';
import { decidesDocuments } from '../../domain/documents/stages/stages.ts';
import { zipNames } from '../../local/zip.ts';
import { loadBatch } from '../batch/load-batch.ts';
import { progressLine } from '../batch/progress.ts';
import type { DemoEnd, DemoParts } from './parts.ts';
import { until } from './until.ts';

/** Lines that the example must lose: no amount, no name, a short row, no date, a key twice. */
const badRows = 5;
/** Rows whose note has a placeholder that was left unfilled: their letters are flagged. */
const placeholders = 3;
/** Each letter comes as PDF and as HTML. */
const formats = 2;
/** How often the terminal shows the progress. */
const sayEveryMs = 2_000;

/**
 * A letter for each of 200 rows: five rows are refused, some letters are flagged by their checks and looked at by a person, all
 * others come as PDF and HTML in one archive.
 */
export async function runDocumentsDemo({ client, decider, examples, say }: DemoParts): Promise<DemoEnd> {
  const { rows, options } = await loadBatch([join(examples, 'documents')]);
  const { id, runId } = await client.batches.create(rows, options);
  decider.adopt(runId, { choose: (gate) => (decidesDocuments(gate.step) ? 'reject' : 'approve') });
  say(`  Documents: “${options.name}” has started`);
  let said = '';
  let saidAt = 0;
  const batch = await until('the end of the batch', async () => {
    const now = await client.batches.show(id);
    const line = progressLine(now);
    if (line !== said && Date.now() - saidAt > sayEveryMs) {
      say(`  Documents: ${line}`);
      [said, saidAt] = [line, Date.now()];
    }
    return now.endedAt !== null && now;
  });
  if (!batch.hasArchive) return { ok: false, outcome: `${batch.outcome ?? batch.status}: ${batch.reason ?? ''}` };
  const archive = Buffer.from(await (await client.batches.archive(id)).arrayBuffer());
  const { rendered, withheld } = batch.progress;
  const files = zipNames(archive);
  const documents = files.filter((name) => /^documents\/.+\.(pdf|html)$/.test(name));
  const isWhole =
    documents.length === rendered * formats && ['manifest.json', 'errors.csv'].every((name) => files.includes(name));
  return {
    ok:
      batch.outcome === 'completedWithErrors' &&
      batch.rowErrors === badRows &&
      rendered + withheld === batch.rows &&
      batch.progress.flagged === placeholders &&
      isWhole,
    outcome: `${rendered} documents, ${withheld} withheld by the review, ${batch.rowErrors} bad rows; archive of ${Math.round(archive.length / 1_024)} KiB`,
  };
}
