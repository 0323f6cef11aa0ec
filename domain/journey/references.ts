import type { EmailNode, JourneyDefinition, JourneyNode, LlmNode } from '../../contracts/journey.ts';
import { graphOf, type Place } from './graph.ts';

/** A stored thing that a node names, with the version or label to take, such as `welcome@production`. */
export type StoredReference = { kind: 'message' | 'prompt'; reference: string; place: Place; field: string };

/** Every template and prompt that a definition names, in its order. */
export function storedReferencesOf(definition: JourneyDefinition): StoredReference[] {
  return [...graphOf(definition).places.values()].flatMap((place): StoredReference[] => {
    const { node } = place;
    if (node.kind === 'email' && node.content.kind === 'template') {
      return [{ kind: 'message', reference: node.content.template, place, field: 'content.template' }];
    }
    if (node.kind === 'llm' && node.prompt.kind === 'stored') {
      return [{ kind: 'prompt', reference: node.prompt.prompt, place, field: 'prompt.prompt' }];
    }
    return [];
  });
}

/** Gives the reference that stands for another: with the version that its label means now. */
export type Pin = (kind: StoredReference['kind'], reference: string) => string;

/** The same definition with every reference pinned to a version, so that what was published never changes. */
export function pinReferences(definition: JourneyDefinition, pin: Pin): JourneyDefinition {
  return { ...definition, steps: pinSteps(definition.steps, pin) };
}

function pinSteps(steps: readonly JourneyNode[], pin: Pin): JourneyNode[] {
  return steps.map((node) => pinNode(node, pin));
}

function pinNode(node: JourneyNode, pin: Pin): JourneyNode {
  switch (node.kind) {
    case 'email':
      return pinEmail(node, pin);
    case 'llm':
      return pinLlm(node, pin);
    case 'if':
      return { ...node, yes: pinSteps(node.yes, pin), ...(node.no ? { no: pinSteps(node.no, pin) } : {}) };
    case 'waitFor':
      return {
        ...node,
        ...(node.onEvent ? { onEvent: pinSteps(node.onEvent, pin) } : {}),
        ...(node.onTimeout ? { onTimeout: pinSteps(node.onTimeout, pin) } : {}),
      };
    case 'approval':
      return {
        ...node,
        outcomes: node.outcomes.map((outcome) => ({ ...outcome, steps: pinSteps(outcome.steps, pin) })),
      };
    case 'delay':
    case 'updateContact':
    case 'crm':
    case 'exit':
    case 'goTo':
      return node;
  }
}

function pinEmail(node: EmailNode, pin: Pin): EmailNode {
  if (node.content.kind === 'inline') return node;
  return { ...node, content: { ...node.content, template: pin('message', node.content.template) } };
}

function pinLlm(node: LlmNode, pin: Pin): LlmNode {
  if (node.prompt.kind === 'inline') return node;
  return { ...node, prompt: { ...node.prompt, prompt: pin('prompt', node.prompt.prompt) } };
}
