import { own } from '../../../contracts/core/json.ts';
import type { LlmNode } from '../../../contracts/journeys/nodes.schema.ts';
import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import { ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import { evaluateAll, hasType, isObject } from '../../conditions/values.ts';
import { sampleOf } from '../simulation/sample.ts';
import { defineActing, settleAction } from './actions.ts';
import type { NodeFault } from './node-kind.ts';
import { fieldUses } from './uses.ts';

/**
 * Asks the model; the output is the answer itself. A final failure takes the fallback, and the timeline says so.
 */
export const llm = defineActing<LlmNode>({
  begin: (node, scope) => ({
    kind: 'open',
    opened: {
      kind: ACTION_OPENED,
      activity: 'askModel',
      params: {
        prompt: node.prompt,
        input: evaluateAll(node.input, scope.facts),
        output: node.output,
        budgetMicros: node.budgetMicros,
        model: node.model ?? null,
        ...(node.fallbackModels ? { fallbackModels: node.fallbackModels } : {}),
      },
    },
  }),
  settle(node, result) {
    if (result.kind !== 'failed' || node.fallback === undefined) return settleAction(result);
    const { type, message } = result;
    return { kind: 'leave', output: node.fallback, detail: { usedFallback: true, type, message } };
  },
  uses: (node) => fieldUses('input', node.input),
  references({ prompt }) {
    if (prompt.kind === 'inline') return [];
    return [{ kind: 'prompt', reference: prompt.prompt, field: 'prompt.prompt', variables: null }];
  },
  pin: (node, pin) =>
    node.prompt.kind === 'inline'
      ? node
      : { ...node, prompt: { ...node.prompt, prompt: pin('prompt', node.prompt.prompt) } },
  models: ({ model = null, fallbackModels = [] }) => [
    ['model', model],
    ...fallbackModels.map((name, at): [string, string] => [`fallbackModels.${at}`, name]),
  ],
  output: (node) => node.output,
  faults(node) {
    if (node.output['type'] !== 'object') {
      const hint = 'Ask for an object with named properties.';
      return [{ field: 'output', code: 'llm.outputNotObject', message: 'The output is not an object', hint }];
    }
    const hint = 'Give a fallback that fits the output.';
    return fallbackFaults(node).map((message): NodeFault => {
      return { field: 'fallback', code: 'llm.fallbackMismatch', message, hint };
    });
  },
  simulate({ fallback }, params, scripted) {
    if (scripted) return { output: scripted, assumption: null };
    if (fallback) return { output: fallback, assumption: 'the model answers like the fallback' };
    const sample = sampleOf(params['output']);
    return {
      output: isObject(sample) ? sample : {},
      assumption: 'the model answers with a sample of its output',
    };
  },
  draw({ model, fallbackModels = [], budgetMicros }) {
    const models = [model ?? 'Model', ...fallbackModels].join(', else ');
    return { detail: `${models}, at most $${(budgetMicros / 1_000_000).toFixed(4)}` };
  },
});

/** Required properties, unknown ones and plain types; the full schema is for the answer itself to meet. */
function fallbackFaults({ fallback, output }: LlmNode): string[] {
  if (fallback === undefined) return [];
  const properties = isObject(output['properties']) ? output['properties'] : {};
  const required = Array.isArray(output['required']) ? output['required'] : [];
  const missing = required.filter(
    (name): name is string => typeof name === 'string' && own(fallback, name) === undefined,
  );
  return [
    ...missing.map((name) => `The fallback lacks '${name}'`),
    ...Object.entries(fallback).flatMap(([name, value]) => valueFault(name, value ?? null, properties)),
  ];
}

function valueFault(name: string, value: JsonValue, properties: JsonObject): string[] {
  const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (schema === undefined) return [`The output has no '${name}'`];
  const type = isObject(schema) ? schema['type'] : undefined;
  const fits = typeof type !== 'string' || hasType(value, type);
  return fits ? [] : [`'${name}' of the fallback is not of type ${type}`];
}
