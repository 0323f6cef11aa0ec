import { expect, it } from 'vitest';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';
import { operateEach } from './operate-each.ts';

it('asks each run by itself, goes on behind a refusal, and says what each of them answered (dashboard F2)', async () => {
  const runs = ['a', 'b', 'c'].map((id) => ({ id }) as Run);
  const progress: number[] = [];
  const refusal = new Error('it may have been done');
  const asked = await operateEach(
    runs,
    ({ id }) => (id === 'b' ? Promise.reject(refusal) : Promise.resolve()),
    (answered) => progress.push(answered),
  );
  expect(asked).toEqual({ taken: 2, refused: [{ run: { id: 'b' }, error: refusal }] });
  expect(progress).toEqual([1, 2, 3]);
});
