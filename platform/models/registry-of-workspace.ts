import type { Tx } from '../db/core/workspace.ts';
import { findWorkspaceModels } from '../db/models/workspace-models.ts';
import { createModelRegistry, type ModelConfig, type ModelRegistry } from './model-registry.ts';

/** What is known of the models that a workspace may name as it is now: its own before the installation's. */
export async function registryOf(tx: Tx, workspaceId: string, config: ModelConfig): Promise<ModelRegistry> {
  const { models, countsUnpriced } = await findWorkspaceModels(tx, workspaceId);
  return createModelRegistry(config, {
    models: new Map(models.map(({ name, facts }) => [name, facts])),
    countsUnpriced,
  });
}
