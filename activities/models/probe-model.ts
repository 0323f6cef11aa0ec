import { llmCostMicros, type LlmOutcome, type LlmPrice } from '../../contracts/core/providers.ts';
import type { ModelProfile } from '../../contracts/models/profile.ts';
import { ConfigError } from '../../platform/config.ts';
import { noPriceHint } from '../../platform/models/model-registry.ts';
import type { LlmClient } from '../providers/llm/openai/llm-client.ts';
import type { Dialect } from '../providers/llm/openai/dialect.ts';
import type { TriedRequest } from '../providers/llm/llm-config.ts';
import { ProviderError } from '../providers/provider-error.ts';

/** What a probe needs. `open` makes a client of its own, so that nothing is known from before; `key` says where its key is, in words. */
export type ProbeDeps = {
  price: LlmPrice | null;
  profile: ModelProfile;
  key: string;
  /** Of one call. */
  timeoutMs: number;
  /** @throws ConfigError where a key that the settings refer to is not there */
  open(watch: (tried: TriedRequest) => void): LlmClient;
};

/** The list of models is a courtesy. */
const listMs = 10_000;
/** An answer that cannot be used teaches how to ask, twice at most: for room to think, and for a schema that is not kept. */
const questions = 3;
const maxOutputTokens = 300;

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['subject', 'reasons'],
  properties: { subject: { type: 'string' }, reasons: { type: 'array', items: { type: 'string' } } },
};
const jsonSchema = { name: 'subject', schema };

/**
 * Asks a model one small question as batches and journeys do, says each thing that is tried with what the service answers, and what was
 * found out. Costs a few hundred tokens. @returns whether the model can be used
 */
export async function probeModel(deps: ProbeDeps, model: string, say: (line: string) => void): Promise<boolean> {
  const { price, profile, key, timeoutMs, open } = deps;
  say(`price: ${price === null ? `none. ${noPriceHint}` : priceInWords(price)}`);
  say(`key: ${key}`);
  try {
    const service = open((tried) => say(triedInWords(tried)));
    say(`the service: ${await offerOf(service.models(listMs), profile.model)}`);
    let costMicros = 0;
    for (let question = 1; question <= questions; question += 1) {
      const outcome = await service.complete({
        model,
        messages: [
          { role: 'system', content: 'You write subject lines of mails. Answer in JSON, with two reasons.' },
          {
            role: 'user',
            content: JSON.stringify({ row: { firstName: 'Ana', plan: 'Gold', renewsAt: '2027-01-31' } }),
          },
        ],
        jsonSchema,
        maxOutputTokens,
        timeoutMs,
        cacheKey: 'models-test',
      });
      costMicros += price === null ? 0 : llmCostMicros(outcome.usage, price);
      say(outcomeInWords(outcome));
      if (outcome.kind !== 'answer') continue;
      say(`found out: ${dialectInWords(service.dialectOf(model, jsonSchema))}`);
      if (price !== null) say(`cost: $${(costMicros / 1_000_000).toFixed(6)}`);
      return price !== null;
    }
    return false;
  } catch (error) {
    if (error instanceof ProviderError) say(failureInWords(error));
    else if (error instanceof ConfigError) error.problems.forEach(say);
    else throw error;
    return false;
  }
}

/** Many services do not list their models, and that is no fault. */
async function offerOf(listing: Promise<string[]>, model: string): Promise<string> {
  const offered = await listing.catch((error: unknown) => error);
  if (!Array.isArray(offered)) return `does not list its models (${failureInWords(offered)})`;
  return `lists ${offered.length} models, ${offered.includes(model) ? 'this one among them' : `none of them ${model}`}`;
}

function failureInWords(error: unknown): string {
  if (!(error instanceof ProviderError)) return String(error);
  const { message, words } = error.failure;
  return words === undefined ? message : `${message} It says: ${words.slice(0, 300)}`;
}

function triedInWords({ body, refusal }: TriedRequest): string {
  const { response_format: format, tools, ...rest } = body as { response_format?: { type: string }; tools?: unknown };
  const fields = Object.entries(rest).filter(([name]) => !['model', 'messages', 'stream'].includes(name));
  const shown = fields.map(([name, value]) => (typeof value === 'object' ? name : `${name} ${JSON.stringify(value)}`));
  const asked = [format?.type ?? (tools === undefined ? 'words alone' : 'a tool'), ...shown].join(', ');
  return refusal === null ? `tried ${asked}: taken` : `tried ${asked}: refused: ${refusal.slice(0, 300)}`;
}

function outcomeInWords(outcome: LlmOutcome): string {
  const { inputTokens, outputTokens, isEstimated } = outcome.usage;
  const tokens = `${inputTokens} tokens in, ${outputTokens} out${isEstimated ? ', estimated' : ''}`;
  if (outcome.kind === 'answer') return `answer (${tokens}): ${outcome.text.slice(0, 200)}`;
  return `no answer that can be used, but ${outcome.kind} (${tokens}): ${outcome.said.slice(0, 200)}`;
}

/** The fields of LLM_MODELS that would say the same. */
function dialectInWords({ output, limit, thinkingTokens, without, isTold }: Dialect): string {
  const fields = { output, ...(limit === 'none' ? {} : { limit }), thinking: thinkingTokens };
  const refused = without.length === 0 ? '' : `, without ${without.join(', ')}`;
  return `${JSON.stringify(fields)}${refused}${isTold ? ', with the schema in the prompt' : ''}`;
}

function priceInWords({ inputMicros, cachedInputMicros, outputMicros }: LlmPrice): string {
  const [input, cached, output] = [inputMicros, cachedInputMicros, outputMicros].map((micros) => micros / 1_000_000);
  return `$${input} for a million tokens in, $${cached} cached, $${output} out`;
}
