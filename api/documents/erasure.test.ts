import { describe, expect, it } from 'vitest';
import { rowsCsv } from '../../test/support/batches.ts';
import type { Caller } from '../../test/support/caller.ts';
import { eventually } from '../../test/support/eventually.ts';
import { decideOverApi } from '../../test/support/gates.ts';
import { batchParts, postBatch } from '../../test/support/multipart.ts';
import { useInstallation } from '../../test/support/use-installation.ts';

type Json = Record<string, unknown>;

describe('an erasure beside a batch that goes on (security 17g)', () => {
  let api: Caller;
  let key: string;
  useInstallation(async (opened) => {
    ({ api } = opened);
    const rights = ['batches:read', 'batches:write', 'gates:read', 'gates:decide', 'role:approver'] as const;
    key = await api.key([...rights, 'contacts:write', 'contacts:erase']);
  });

  const get = (path: string) => api.call({ url: `/v1/${path}`, key });
  const itemsOf = async (path: string): Promise<Json[]> => (await get(path)).json['items'] as Json[];
  const until = (id: string, what: string, test: (batch: Json) => boolean): Promise<Json> =>
    eventually(what, async () => {
      const { json } = await get(`batches/${id}`);
      return test(json) && json;
    });

  it('takes the letter out of the review, of the archive and of what can be made again', async () => {
    const { json } = await postBatch(api, key, batchParts(rowsCsv(4), { review: 'all' }));
    const [id, runId] = [String(json['id']), String(json['runId'])];
    await decideOverApi(api, key, runId, 'approve-estimate', 'approve');
    await until(id, 'the review', (batch) => batch['stage'] === 'review');
    await api.call({ method: 'PUT', url: '/v1/contacts/P-1002', key, body: { email: 'ana2@example.test' } });
    expect((await api.call({ method: 'DELETE', url: '/v1/contacts/P-1002', key })).status).toBe(204);
    await eventually('the end of the erasure', async () => (await itemsOf('erasures'))[0]?.['endedAt'] !== null);
    expect(await itemsOf('erasures')).toMatchObject([{ documents: 1, uploads: 1, archives: 0, waitsFor: 0 }]);
    const documents = await itemsOf(`batches/${id}/documents`);
    expect(documents.map(({ key: name }) => name)).toEqual(['P-1000', 'P-1001', '(erased)', 'P-1003']);
    const gone = await get(`documents/${String(documents[2]?.['id'])}`);
    expect(gone.json).toMatchObject({ values: {}, answers: null, error: { code: 'document.erased' } });
    expect((await get(`documents/${String(documents[2]?.['id'])}/letter`)).status).toBe(409);
    expect((await get(`batches/${id}`)).json['progress']).toMatchObject({ undecided: 3, withheld: 1 });

    await decideOverApi(api, key, runId, 'review', 'approve');
    const ended = await until(id, 'the end', (batch) => batch['endedAt'] !== null);
    expect(ended).toMatchObject({ outcome: 'completedWithErrors', rows: 4, progress: { rendered: 3, withheld: 1 } });
    const archive = (await get(`batches/${id}/archive`)).text;
    expect([archive.includes('P-1001'), archive.includes('P-1002'), archive.includes('Ana2')]).toEqual([
      true,
      false,
      false,
    ]);
    const again = { method: 'POST', url: `/v1/batches/${id}/again`, key, body: { reason: 'once more' } } as const;
    expect((await api.call(again)).json['code']).toBe('batch.nothingMissing');
  });
});
