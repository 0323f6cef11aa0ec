import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../sdk/client.ts';
import { letter, rowsCsv } from '../support/batches.ts';
import { startHouse, type House } from '../support/house.ts';
import { chaosSeed, storm, untilDone } from './storm.ts';

const rows = 400;

describe('a batch in a storm', () => {
  let house: House;
  beforeAll(async () => {
    house = await startHouse();
  }, 120_000);
  afterAll(() => house?.stop());

  it('loses no document, counts no cost twice, and packs them all', async () => {
    const seed = chaosSeed();
    const key = await house.api.key(['batches:read', 'batches:write', 'gates:read', 'gates:decide', 'role:approver']);
    const client = createClient({ baseUrl: house.url, key });
    // Slow enough for the storm to hit it in the middle.
    await house.doubles.control.configureLlm({ latencyMs: 700 });
    const { id, runId } = await client.batches.create(new Blob([rowsCsv(rows)]), {
      name: 'Storm',
      brief: 'Tell customers that their policy is renewed.',
      template: letter,
      brand: { name: 'Acme' },
      columns: { key: 'policy' },
      model: 'stub-small',
      budgetMicros: 500_000_000,
      window: 20,
    });
    const began = Date.now();
    const [kills] = await Promise.all([
      storm(house, seed),
      untilDone(
        'the batch has ended',
        async () => {
          const { items } = await client.gates.list({ runId, status: 'open' });
          for (const gate of items) {
            const decision = { outcome: 'approve', round: gate.round, expectedHash: gate.contentHash };
            await client.gates.decide(gate.id, decision);
          }
          return (await client.batches.show(id)).endedAt !== null;
        },
        200_000,
      ),
    ]);

    const batch = await client.batches.show(id);
    const { progress } = batch;
    expect(batch).toMatchObject({ status: 'completed', rows, rowErrors: 0, hasArchive: true });
    expect(progress.generated + progress.generateFailed + progress.skipped).toBe(rows);
    expect(progress.rendered + progress.withheld + progress.renderFailed + progress.generateFailed).toBe(rows);
    // Three workers may die over one document, which is then given up; more than a few would be a fault of ours.
    expect(progress.rendered).toBeGreaterThan(rows * 0.95);
    const costs = await house.database.system
      .selectFrom('document')
      .select('cost_micros')
      .where('batch_id', '=', id)
      .execute();
    expect(batch.spentMicros).toBe(costs.reduce((sum, document) => sum + Number(document.cost_micros), 0));
    const archive = Buffer.from(await (await client.batches.archive(id)).arrayBuffer());
    expect(filesIn(archive)).toBe(2 * progress.rendered + 2);
    console.log(
      `a batch in a storm: seed ${seed}, ${kills} kills, ${progress.rendered} of ${rows} documents in ${Math.round((Date.now() - began) / 1_000)} s, ${house.doubles.journals.llm.entries().length} model calls`,
    );
  }, 300_000);
});

/** Files in a ZIP: the signature of an entry of its directory. */
function filesIn(archive: Buffer): number {
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  let count = 0;
  for (let at = archive.indexOf(signature); at >= 0; at = archive.indexOf(signature, at + 4)) count += 1;
  return count;
}
