import type { LlmNode } from '../../../contracts/journey.ts';
import { evaluateAll } from '../../conditions/values.ts';
import { failed, unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';

/** Asks the model. `params`: `{ prompt, input, output, budgetMicros, model }`, `model` null for the workspace's own. */
export function beginLlm(node: LlmNode, scope: Scope): Move {
  const params = {
    prompt: node.prompt,
    input: evaluateAll(node.input, scope.facts),
    output: node.output,
    budgetMicros: node.budgetMicros,
    model: node.model ?? null,
  };
  return { kind: 'open', opened: { kind: 'perform', activity: 'askModel', params } };
}

/** The performed output is the answer itself. A final failure takes the fallback, and the timeline says so. */
export function settleLlm(node: LlmNode, settled: Settlement): Move {
  switch (settled.kind) {
    case 'performed':
      return { kind: 'leave', output: settled.output };
    case 'failed':
      if (node.fallback === undefined) return failed(settled);
      return {
        kind: 'leave',
        output: node.fallback,
        detail: { usedFallback: true, type: settled.type, message: settled.message },
      };
    case 'due':
    case 'event':
    case 'gate':
      return unexpected(settled);
  }
}
