import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Redocly (MIT) and Spectral (Apache-2.0), installed once beside the project: 146 packages that nothing else needs. */
const packages = {
  '@redocly/openapi-core': '2.64.0',
  '@stoplight/spectral-core': '1.24.1',
  '@stoplight/spectral-rulesets': '1.23.1',
};
const folder = fileURLToPath(new URL('../../.throughline/openapi-linters', import.meta.url));

type Redocly = {
  createConfig(of: { extends: string[] }): Promise<{ resolve: unknown }>;
  BaseResolver: new (config: unknown) => unknown;
  makeDocumentFromString(text: string, name: string): unknown;
  lintDocument(of: object): Promise<{ ruleId: string; message: string; location: { pointer: string }[] }[]>;
};
type Spectral = {
  setRuleset(of: { extends: unknown[] }): void;
  run(document: unknown): Promise<{ code: string; message: string; path: (string | number)[] }[]>;
};

/** What both linters say of an OpenAPI document by the rules that they recommend, a line each. @throws Error where they cannot be installed */
export async function lintOpenApi(text: string): Promise<string[]> {
  await install();
  const redocly = await load<Redocly>('@redocly/openapi-core');
  const config = await redocly.createConfig({ extends: ['recommended'] });
  const document = redocly.makeDocumentFromString(text, 'openapi.json');
  const externalRefResolver = new redocly.BaseResolver(config.resolve);
  const ofRedocly = await redocly.lintDocument({ document, config, externalRefResolver });
  const { default: core } = await load<{ default: { Spectral: new () => Spectral } }>('@stoplight/spectral-core');
  const { default: rulesets } = await load<{ default: { oas: unknown } }>('@stoplight/spectral-rulesets');
  const spectral = new core.Spectral();
  spectral.setRuleset({ extends: [rulesets.oas] });
  const ofSpectral = await spectral.run(JSON.parse(text));
  return [
    ...ofRedocly.map(
      ({ ruleId, message, location }) => `redocly ${ruleId}: ${message} at ${location[0]?.pointer ?? ''}`,
    ),
    ...ofSpectral.map(({ code, message, path }) => `spectral ${code}: ${message} at ${path.join('/')}`),
  ];
}

async function install(): Promise<void> {
  if (Object.keys(packages).every((name) => existsSync(join(folder, 'node_modules', name)))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}

async function load<Module>(name: string): Promise<Module> {
  const path = createRequire(join(folder, 'package.json')).resolve(name);
  return (await import(pathToFileURL(path).href)) as Module;
}
