import { effectAction } from '../core/action.ts';
import type { JsonObject } from '../core/json.ts';

/**
 * A question to a language model. The answer fits `output`, a JSON Schema of an object; `budgetMicros` limits its cost; `model`
 * null takes the installation's, and `fallbackModels` are asked after it.
 */
export type ModelQuestion = {
  prompt: { kind: 'stored'; prompt: string } | { kind: 'inline'; instructions: string };
  input: JsonObject;
  output: JsonObject;
  budgetMicros: number;
  model: string | null;
  fallbackModels?: readonly string[];
};

/** The actions that ask a language model. */
export const modelActions = {
  askModel: effectAction<ModelQuestion, JsonObject>({
    service: 'llm',
    promise: 'repeatable',
    queue: 'llm',
    onExit: 'breakOff',
    seconds: 120,
  }),
};
