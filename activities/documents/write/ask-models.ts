import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import type { BatchOptions, KeptOptions } from '../../../contracts/documents/batch.schema.ts';
import { llmCostMicros, type LlmUsage } from '../../../contracts/core/providers.ts';
import { createModelChain } from '../../models/model-chain.ts';
import type { ModelThrottles } from '../../models/model-throttle.ts';
import type { ModelAccess } from '../../models/model.activities.ts';
import type { CallableModels } from '../../models/models-of-workspace.ts';
import { requirePrice } from '../../models/require-price.ts';
import { countTokens } from '../../providers/llm/count-tokens.ts';
import { CallAborted, mayBePaid, ProviderError } from '../../providers/provider-error.ts';
import type { Chunk } from '../chunk.ts';
import type { BudgetHold, Budgets } from './budget.ts';
import type { Ask, GenerateBasis } from './generate-document.ts';

/** Calls of one document that fail, while the model answers others, before the fault is taken to be the document's. */
const mostTries = 6;
/** The pause of a document after a call that failed; the next ones are twice as long each. */
const pauseMs = { first: 500, longest: 30_000 };
/**
 * How long a document waits for its turn at one model before it looks at the models of its batch again: another may be well, and an admin may have
 * mended this one, whose place for waiting is a new one then.
 */
const patienceMs = 15_000;
/** A trouble that is over sooner is not shown. */
const shownAfterMs = 3_000;

/** What the calls for one document share; `begin` is called before the first. */
export type Asking = { chunk: Chunk; basis: GenerateBasis; holds: BudgetHold[]; begin(): void };

/**
 * Asks until a model answers: the batch's own, or one of its others where that is down or refuses. While all are in trouble the documents
 * wait, and the run says why. Only a request that is refused, or that fails again and again while others are answered, fails its document.
 */
export function askWith(deps: ModelAccess & { budgets: Budgets }, asking: Asking): Ask {
  const { workspace_id: workspaceId } = asking.chunk.batch;
  const { stopped } = asking.chunk;
  return async (request, lose) => {
    const named = modelsOf(asking.chunk);
    let callable = await deps.modelsOf(workspaceId, named);
    const throttles: ModelThrottles = { of: (name) => callable.throttles.of(name) };
    const chain = createModelChain(named, throttles);
    let refused: Answer | null = null;
    let failedAt = 0;
    for (let tries = 0; ;) {
      // A document may wait for hours, and an admin mends its model meanwhile.
      callable = await deps.modelsOf(workspaceId, named);
      const model = chain.next();
      try {
        const call = { request: { ...request, model }, lose, stopped };
        const made = await callOnce({ ...callable, budgets: deps.budgets }, asking, call);
        const costMicros = made.costMicros + (refused?.costMicros ?? 0);
        const answer: Answer = { ...made, costMicros, insteadOf: chain.insteadOf(model) };
        if (made.outcome.kind !== 'refusal' || !chain.refusedBy(model, 'It refused to write it.')) return answer;
        refused = answer;
      } catch (error) {
        if (error instanceof OutOfPatience) continue;
        const failure = error instanceof ProviderError ? error.failure : null;
        if (failure?.kind === 'rejected' && chain.refusedBy(model, failure.message)) continue;
        // What was paid for a refusal counts, whatever comes of the rest.
        if (failure === null || failure.kind === 'rejected') {
          if (refused) return refused;
          throw error;
        }
        if (failure.kind !== 'transient') continue;
        failedAt ||= Date.now();
        tries += 1;
        if (tries >= mostTries && throttles.of(model).answeredAt() > failedAt) throw error;
        const waitMs = Math.min(pauseMs.first * 2 ** (tries - 1), pauseMs.longest);
        await sleep(waitMs, undefined, { signal: stopped }).catch(() => undefined);
      }
    }
  };
}

/** The models of a batch in the order in which they are wanted. */
export function modelsOf({ batch }: Pick<Chunk, 'batch'>): [string, ...string[]] {
  const { model, fallbackModels = [] } = batch.options as KeptOptions;
  return [model, ...fallbackModels];
}

type Answer = Awaited<ReturnType<Ask>>;
type Call = { request: Parameters<Ask>[0]; lose: Parameters<Ask>[1]; stopped: AbortSignal };

/** A call waited long for its turn: another model may be well, or this one be mended. */
class OutOfPatience extends Error {}

/** One call, at its model's pace, with what it may cost reserved before. @throws ProviderError, OutOfPatience, or why the chunk stopped */
async function callOnce(
  { llm, models, throttles, budgets }: CallableModels & { budgets: Budgets },
  { chunk, basis, holds, begin }: Asking,
  { request, lose, stopped }: Call,
): Promise<Pick<Answer, 'outcome' | 'costMicros'>> {
  const { id, workspace_id: workspaceId } = chunk.batch;
  const { window } = chunk.batch.options as BatchOptions;
  const throttle = throttles.of(request.model);
  const price = requirePrice(models, request.model);
  const prompt = promptUsage(basis, request);
  const mostUsage = { ...prompt, outputTokens: llm.mostTokens({ ...request, timeoutMs: 0 }) };
  const hold = await budgets.hold({ id, ...chunk.checkpoints }, llmCostMicros(mostUsage, price), stopped);
  if (hold === null) chunk.stop.set('budget');
  stopped.throwIfAborted();
  if (hold) holds.push(hold);
  try {
    const patience = AbortSignal.timeout(patienceMs);
    const ended = AbortSignal.any([stopped, patience]);
    const slot = await throttle.enter({ workspaceId, batchId: id, limit: window }, ended).catch((error: unknown) => {
      throw patience.aborted && !stopped.aborted ? new OutOfPatience() : error;
    });
    begin();
    const call = { ...request, timeoutMs: throttle.timeoutMs(), signal: cancellationSignal() };
    const outcome = await llm.complete(call).catch((error: unknown) => {
      if (error instanceof ProviderError) slot.failed(error.failure);
      else slot.left();
      throw error;
    });
    slot.answered();
    const costMicros = llmCostMicros(outcome.usage, price);
    hold?.set(costMicros);
    return { outcome, costMicros };
  } catch (error) {
    if (!mayBePaid(error)) {
      hold?.release();
      throw error;
    }
    const usage = { ...prompt, outputTokens: request.maxOutputTokens };
    const costMicros = llmCostMicros(usage, price);
    lose({ ...usage, costMicros });
    hold?.set(costMicros);
    throw error instanceof CallAborted ? error.cause : error;
  }
}

/** What the prompt of one call can take at most: the schema may stand in it too. */
function promptUsage(
  basis: GenerateBasis,
  { messages }: Parameters<Ask>[0],
): Pick<LlmUsage, 'inputTokens' | 'cachedTokens'> {
  const texts = messages.filter(({ content }) => content !== basis.prefix).map(({ content }) => content);
  return { inputTokens: basis.prefixTokens + basis.schemaTokens + countTokens(texts.join('\n')), cachedTokens: 0 };
}

/** Why the documents of a batch wait, or are written by another model, for a person; null while the model answers. */
export function troubleWords(
  throttles: ModelThrottles,
  [model, ...others]: readonly [string, ...string[]],
): string | null {
  const trouble = throttles.of(model).trouble();
  if (!trouble || Date.now() - trouble.since < shownAfterMs) return null;
  const { message, words, since, until } = trouble;
  const said = words === undefined ? '' : ` It says: “${words.slice(0, 200)}”.`;
  const next = until === null ? 'It is tried again by itself.' : `It is asked again at ${utc(until)}.`;
  const other = others.find((each) => throttles.of(each).isOpen());
  const about = `${utc(since)}: ${message}${said} ${next}`;
  if (other !== undefined) return `The model ${model} does not answer since ${about} Until then ${other} writes.`;
  return `The documents wait for the model ${model} since ${about}`;
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
