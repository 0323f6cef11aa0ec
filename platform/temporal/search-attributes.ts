import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributes } from '../../contracts/core/search-attributes.ts';
import type { Logger } from '../log.ts';

/** Set when an execution starts, as are the two below. */
export const deploymentAttribute = defineSearchAttributeKey(searchAttributes.deployment, 'KEYWORD');
/** For engineers who look around in Temporal's own UI. */
export const kindAttribute = defineSearchAttributeKey(searchAttributes.kind, 'KEYWORD');
/** For engineers who look around in Temporal's own UI. */
export const workspaceAttribute = defineSearchAttributeKey(searchAttributes.workspace, 'KEYWORD');

/** The search attributes as the cluster has them. */
export type AttributeRegistry = {
  /** Whether a pass has found all of them beside workers of one build alone, so that workflows may set them. */
  isUsable(): boolean;
  /**
   * Looks once which there are and adds those that are missing. Never throws: everything works without them. `isOnlyBuild` says that
   * no worker runs that might be unable to replay a workflow which has set them.
   */
  register(workers: { isOnlyBuild: boolean }): Promise<void>;
};

const callDeadlineMs = 5_000;
/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API. */
const KEYWORD = 2;

/**
 * Registers the search attributes through Temporal's operator service. Those it has just added count from the next pass on: the servers
 * of a cluster learn of them one after the other, and a workflow task that sets one unknown to its server fails.
 */
export function createAttributeRegistry(client: Client, log: Logger): AttributeRegistry {
  let isUsable = false;
  let lastProblem = '';
  const { operatorService } = client.connection;
  const { namespace } = client.options;

  async function missing(): Promise<string[]> {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return Object.values(searchAttributes).filter((name) => customAttributes?.[name] !== KEYWORD);
  }
  async function pass(isOnlyBuild: boolean): Promise<void> {
    const names = await missing();
    isUsable = names.length === 0 && isOnlyBuild;
    if (names.length === 0) return;
    const added = Object.fromEntries(names.map((name) => [name, KEYWORD]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes: added });
    log.info({ names }, 'Search attributes are registered in Temporal');
  }
  return {
    isUsable: () => isUsable,
    async register({ isOnlyBuild }) {
      try {
        await client.withDeadline(Date.now() + callDeadlineMs, () => pass(isOnlyBuild));
        lastProblem = '';
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        // The same refusal each minute is said once.
        if (problem !== lastProblem) log.warn(`Temporal does not register the search attributes: ${problem}`);
        lastProblem = problem;
      }
    },
  };
}
