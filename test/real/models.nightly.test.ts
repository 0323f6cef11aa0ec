import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDialect, type DialectServer } from './dialect-server.ts';
import { dialects } from './dialects.ts';
import { batchWith, costOf, installWith, journeyWith, type Installation } from './work-through.ts';

const documents = 200;
const window = 20;

describe('one installation with a model on each kind of server', () => {
  const servers = new Map<string, DialectServer>();
  let installation: Installation;
  beforeAll(async () => {
    for (const dialect of dialects) servers.set(dialect.name, await serveDialect(dialect));
    installation = await installWith(Object.fromEntries([...servers].map(([name, { url }]) => [name, url])));
  });
  afterAll(async () => {
    await installation?.stop();
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  const paidTo = ({ answered }: DialectServer): number => answered.reduce((sum, { said }) => sum + costOf(said), 0);

  it.each(dialects.map(({ name }) => name))(
    `writes ${documents} documents and takes a journey along: %s`,
    async (model) => {
      const server = servers.get(model) ?? expect.unreachable();
      const batch = { count: documents, window, review: 'none', withinMs: 600_000 } as const;
      const { run, documents: made, spentMicros } = await batchWith(installation, model, batch);
      expect(made.map(({ error }) => error).filter(Boolean)).toEqual([]);
      expect(run).toMatchObject({ status: 'completed', outcome: 'completed' });
      expect(made.every(({ rendered }) => rendered === 'done')).toBe(true);
      expect(spentMicros).toBe(paidTo(server));
      // Those under way when something was found out have asked in vain once.
      expect(server.answered.length).toBeLessThanOrEqual(documents + window);
      expect(server.refused()).toBeLessThanOrEqual(6 * window);

      const { run: journey, effect } = await journeyWith(installation, model);
      expect(journey).toMatchObject({ status: 'completed' });
      expect(effect.state).toBe('done');
      expect(spentMicros + effect.costMicros).toBe(paidTo(server));
    },
    900_000,
  );
});
