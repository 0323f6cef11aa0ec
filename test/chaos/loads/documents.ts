import { expect } from 'vitest';
import { letter, rowsCsv } from '../../support/batches.ts';
import { approve, type Load, type LoadParts } from './load.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

/**
 * A batch: each of its `count` rows becomes a document once, at a cost that adds up; `window` are in work at once, few enough for the storm
 * to hit the batch in the middle.
 */
export function documentsLoad({ house, client, count }: LoadParts, window = 10): Load {
  let batch = { id: '', runId: '' };
  return {
    name: 'documents',
    async start() {
      batch = await client.batches.create(new Blob([rowsCsv(count)]), {
        name: 'Storm',
        brief: 'Tell customers that their policy is renewed.',
        template: letter,
        brand: { name: 'Acme' },
        columns: { key: 'policy' },
        model: 'stub-small',
        budgetMicros: 500_000_000,
        window,
      });
    },
    async act() {
      await approve(client, { runId: batch.runId });
      return (await client.batches.show(batch.id)).endedAt !== null;
    },
    async check() {
      const ended = await client.batches.show(batch.id);
      const { progress } = ended;
      expect(ended).toMatchObject({ status: 'completed', rows: count, rowErrors: 0, hasArchive: true });
      expect(progress.generated + progress.generateFailed + progress.skipped).toBe(count);
      expect(progress.rendered + progress.withheld + progress.renderFailed + progress.generateFailed).toBe(count);
      // Three workers may die over one document, which is then given up. Those that are in work at once share their deaths;
      // more than that would be a fault of ours.
      expect(progress.rendered).toBeGreaterThanOrEqual(count - window);
      const rows = await kysely(house.database.system)
        .selectFrom('document')
        .select(['cost_micros', 'generated', 'rendered', 'error'])
        .where('batch_id', '=', batch.id)
        .execute();
      const givenUp = rows.filter((row) => row.generated === 'failed' || row.rendered === 'failed');
      for (const { error } of givenUp) expect(error).toMatchObject({ code: 'document.killer' });
      expect(ended.spentMicros).toBe(rows.reduce((sum, row) => sum + Number(row.cost_micros), 0));
      const archive = Buffer.from(await (await client.batches.archive(batch.id)).arrayBuffer());
      expect(filesIn(archive)).toBe(2 * progress.rendered + 2);
      const calls = house.doubles.journals.llm.entries().length;
      return `${progress.rendered} of ${count} documents, ${givenUp.length} given up, ${calls} model calls of all`;
    },
  };
}

/** Files in a ZIP: the signature of an entry of its directory. */
function filesIn(archive: Buffer): number {
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  let count = 0;
  for (let at = archive.indexOf(signature); at >= 0; at = archive.indexOf(signature, at + 4)) count += 1;
  return count;
}
