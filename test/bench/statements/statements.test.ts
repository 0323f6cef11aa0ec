import { expect, it } from 'vitest';
import { measurePaths } from './paths.ts';

it('asks Postgres for no more on its usual ways than it has to', async () => {
  const paths = await measurePaths();
  const tooMany = paths.flatMap(({ name, ceiling, statements, times = 1 }) =>
    statements.length > ceiling * times ? [`${name}: ${statements.length}\n${statements.join('\n')}`] : [],
  );
  expect(tooMany).toEqual([]);
});
