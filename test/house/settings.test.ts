import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hubspot } from '../../activities/providers/crm/hubspot/provider.ts';
import { salesforce } from '../../activities/providers/crm/salesforce/provider.ts';
import { providers } from '../../activities/providers/create-providers.ts';
import { providerSettings } from '../../activities/providers/settings.ts';
import { ConfigError, configShape, readSettings } from '../../platform/config.ts';
import { envExample } from '../../platform/env-example.ts';
import { retentionShape } from '../../platform/retention.ts';
import { installationShape, workerShape } from '../../worker/settings.ts';

const needed = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32) };

describe('the settings', () => {
  it('are described in .env.example, one by one', async () => {
    // `npx vitest run test/house/settings.test.ts -u` writes the file again.
    await expect(envExample(installationShape)).toMatchFileSnapshot('../../.env.example');
  });

  it('of a worker are refused all at once, those of its providers among them', () => {
    const wrong = { ...needed, PORT: 'eighty', CRM_KIND: 'paper', OPENAI_BASE_URL: 'over there' };
    const refused = catching(() => readSettings(workerShape, wrong));
    expect(refused.problems.map((line) => line.split(':')[0])).toEqual(['PORT', 'OPENAI_BASE_URL', 'CRM_KIND']);
    expect(refused.message).toContain('The configuration has 3 problem(s):');
  });

  it.each(Object.entries({ ...providers, hubspot, salesforce }))(
    'of a provider are all read by it: %s',
    (_, provider) => {
      const read = new Set<string>();
      const given = readSettings(provider.settings, {}) as object;
      const watched = new Proxy(given, { get: (from, name) => (read.add(String(name)), Reflect.get(from, name)) });
      (provider.create as (settings: object) => unknown)(watched);
      expect([...read].toSorted()).toEqual(Object.keys(provider.settings).toSorted());
    },
  );

  it('of every provider are collected, and nothing else is', () => {
    const own = Object.values(providers).flatMap(({ settings }) => Object.keys(settings));
    expect(Object.keys(providerSettings).toSorted()).toEqual(own.toSorted());
    for (const name of own) expect(Object.keys(configShape)).not.toContain(name);
  });

  it('are each read somewhere else than where they are declared', () => {
    const declaring = ['platform/config.ts', '**/settings.ts', '**/*.test.ts'];
    const sources = globSync('{activities,api,cli,platform,worker}/**/*.ts', { exclude: declaring });
    const text = sources.map((file) => readFileSync(file, 'utf8')).join('\n');
    const names = Object.keys(installationShape).filter((name) => !(name in retentionShape));
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('that the docs name all exist', () => {
    /** Read by tests and by the launcher alone. */
    const others = new Set(['TEMPORAL_CLI']);
    const families = [...new Set(Object.keys(installationShape).flatMap((name) => /^[A-Z]+_/.exec(name) ?? []))];
    const named = new RegExp(`\\b(${families.filter((family) => family !== 'TL_').join('|')})[A-Z_]+\\b`, 'g');
    const docs = globSync('{README.md,AGENTS.md,Dockerfile,docker-compose.yml,docs/**/*.md}');
    const found = docs.flatMap((file) => readFileSync(file, 'utf8').match(named) ?? []);
    expect([...new Set(found)].filter((name) => !(name in installationShape) && !others.has(name))).toEqual([]);
  });
});

function catching(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}
