import type { ModelRegistry } from '../../../../platform/models/model-registry.ts';
import { defineProvider } from '../../provider.ts';
import type { LlmConfig } from '../llm-config.ts';
import { createEndpoints } from './endpoints.ts';
import { createLlmClients, type LlmClients } from './llm-clients.ts';
import { openaiSettings } from './settings.ts';

/** Language models behind OpenAI's chat API, given what is known of them. */
export const openai = defineProvider({
  settings: openaiSettings,
  create(settings) {
    const endpointOf = createEndpoints(settings);
    return (models: ModelRegistry, watch?: LlmConfig['watch']): LlmClients =>
      createLlmClients(endpointOf, models, watch);
  },
});
