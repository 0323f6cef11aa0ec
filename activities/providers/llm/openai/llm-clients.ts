import type { ModelRegistry } from '../../../../platform/models/model-registry.ts';
import type { LlmConfig } from '../llm-config.ts';
import type { FindEndpoint } from './endpoints.ts';
import { createLlmClient, type LlmClient } from './llm-client.ts';

/** The models of an installation, each at its own service. */
export type LlmClients = Pick<LlmClient, 'complete' | 'mostTokens'> & {
  /** The client of the service of a model. */
  serviceOf(model: string): LlmClient;
};

/**
 * Creates the clients of all services that the models are at: make them once. @throws ConfigError at once where the key of a model that
 * the settings name is not there
 */
export function createLlmClients(
  endpointOf: FindEndpoint,
  { profileOf, list }: Pick<ModelRegistry, 'profileOf' | 'list'>,
  watch: LlmConfig['watch'] = () => undefined,
): LlmClients {
  const clients = new Map<string, LlmClient>();
  const serviceOf = (model: string): LlmClient => {
    const { endpoint } = profileOf(model);
    const { baseUrl, apiKey } = endpointOf(model, endpoint);
    const id = `${baseUrl} ${apiKey}`;
    const client = clients.get(id) ?? createLlmClient({ baseUrl, apiKey, profileOf, watch });
    clients.set(id, client);
    return client;
  };
  for (const { name, source } of list()) if (source === 'settings') serviceOf(name);
  return {
    serviceOf,
    complete: async (request) => await serviceOf(request.model).complete(request),
    mostTokens: (request) => serviceOf(request.model).mostTokens(request),
  };
}
