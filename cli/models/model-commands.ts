import type { KnownModel } from '../../platform/models/model-registry.ts';
import type { ModelEndpoint } from '../../contracts/models/profile.ts';
import { openWorkerModels } from '../../worker/models.ts';
import { say } from '../support/output.ts';
import { table } from '../support/table.ts';

/** Prints the models that the settings name and those that ship, prices in US dollars per million tokens. */
export function listModels(options: { json?: true }): void {
  const { models } = openWorkerModels();
  const known = models.list().map((model) => ({ ...model, ...models.profileOf(model.name) }));
  if (options.json) return say(JSON.stringify(known, null, 2));
  const head = ['name', 'input', 'cached', 'output', 'as of', 'context', 'where'];
  const rows = known.map((model) => [
    model.name,
    ...pricesOf(model),
    model.date ?? '',
    model.contextTokens === null ? '' : String(model.contextTokens),
    model.server === null ? whereOf(model.endpoint) : `${whereOf(model.endpoint)} (${model.server}, free)`,
  ]);
  table([head, ...rows]).forEach((line) => say(line));
}

/** Tries a model; the exit code is 1 where it cannot be used. */
export async function testModel(name: string): Promise<void> {
  const { models, baseUrl, probe } = openWorkerModels();
  const { endpoint, model } = models.profileOf(name);
  const at =
    endpoint?.kind === 'own' ? endpoint.url : endpoint ? `its vendor ${endpoint.vendor}, or ${baseUrl}` : baseUrl;
  say(`${name}${model === name ? '' : ` (${model} there)`} at ${at}`);
  const isUsable = await probe(name, (line) => say(`  ${line}`));
  say(isUsable ? `${name} can be used.` : `${name} cannot be used.`);
  if (!isUsable) process.exitCode = 1;
}

function pricesOf({ price }: KnownModel): string[] {
  if (price === null) return ['none', '', ''];
  const { inputMicros, cachedInputMicros, outputMicros } = price;
  return [inputMicros, cachedInputMicros, outputMicros].map((micros) => `$${micros / 1_000_000}`);
}

function whereOf(endpoint: ModelEndpoint | null): string {
  if (endpoint === null) return 'OPENAI_BASE_URL';
  return endpoint.kind === 'own' ? endpoint.url : endpoint.vendor;
}
