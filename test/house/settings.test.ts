import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { providers } from '../../activities/providers/create-providers.ts';
import type { Provider } from '../../activities/providers/provider.ts';
import { providerSettings } from '../../activities/providers/settings.ts';
import { ConfigError, configShape, readSettings } from '../../platform/config.ts';
import { envExample } from '../../platform/env-example.ts';
import { retentionShape } from '../../platform/retention.ts';
import { installationShape, workerShape } from '../../worker/settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const needed = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: 'x'.repeat(32) };

type AnyProvider = Provider<z.ZodRawShape, unknown>;

/** The providers of the services, and those of each vendor. */
const all: Record<string, AnyProvider> = { ...(providers as unknown as Record<string, AnyProvider>) };
for (const file of globSync('activities/providers/*/*/provider.ts')) Object.assign(all, await import(join(root, file)));

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

  it.each(Object.entries(all))(
    'of a provider are all read by it, or by one of its vendors: %s',
    (_, { settings, create }) => {
      const read = new Set<string>();
      for (const choice of choicesOf(settings)) {
        const given = readSettings(settings, choice);
        create(new Proxy(given, { get: (from, name) => (read.add(String(name)), Reflect.get(from, name)) }));
      }
      expect([...read].toSorted()).toEqual(Object.keys(settings).toSorted());
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

/** The settings that choose a vendor, once for each; none where there is nothing to choose. */
function choicesOf(settings: z.ZodRawShape): Record<string, string>[] {
  const choices = Object.entries(settings).flatMap(([name, schema]) => {
    const inner = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
    return inner instanceof z.ZodEnum ? inner.options.map((value) => ({ [name]: String(value) })) : [];
  });
  return choices.length > 0 ? choices : [{}];
}

function catching(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}
