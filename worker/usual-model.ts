import { ConfigError } from '../platform/config.ts';
import { noPriceHint, type ModelRegistry } from '../platform/models/model-registry.ts';

/** Models that write well for little money, the first that a service offers before the others; each ships with a price. */
const preferred = [
  'gpt-5-mini',
  'gpt-4.1-mini',
  'gpt-4o-mini',
  'claude-haiku-4-5',
  'gemini-2.5-flash',
  'mistral-small-latest',
  // The stand-in's own.
  'stub-small',
];
/** What a list of models also holds and what does not write. */
const others = /embed|rerank|whisper|tts|audio|image|dall-e|moderation|transcribe|realtime|guard/i;

/**
 * Chooses the model of work that names none, where LLM_MODEL says nothing, among those that the service offers: one of a short list, or the only one that writes.
 * @throws ConfigError which says what to set, where there is none to choose or it has no price
 */
export function chooseUsualModel(offered: readonly string[], models: Pick<ModelRegistry, 'priceOf'>): string {
  // Gemini's own list has its models in a folder, and takes them without it.
  const names = offered.map((name) => name.replace(/^models\//, ''));
  const writing = names.filter((name) => !others.test(name));
  const chosen = preferred.find((name) => names.includes(name)) ?? (writing.length === 1 ? writing[0] : undefined);
  if (chosen === undefined) throw new ConfigError([`LLM_MODEL: ${unchosen(writing)}`]);
  if (models.priceOf(chosen) === null)
    throw new ConfigError([`LLM_MODEL: the service offers ${chosen} alone, which has no price. ${noPriceHint}`]);
  return chosen;
}

function unchosen(writing: readonly string[]): string {
  if (writing.length === 0) return 'the service of OPENAI_BASE_URL names no model; say which one to use';
  const shown = writing.slice(0, 8).join(', ');
  return `say which model of OPENAI_BASE_URL to use: it offers ${shown}${writing.length > 8 ? ` and ${writing.length - 8} more` : ''}`;
}
