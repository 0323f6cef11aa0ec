import type { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import { localTime } from '../../../domain/time/time.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';

/** Options with the day that the letters bear: the one that is given, else today where the workspace is, which then stays. */
export async function dated(tx: Tx, workspaceId: string, options: BatchOptions): Promise<BatchOptions> {
  return options.date === undefined ? { ...options, date: await dayOf(tx, workspaceId, new Date()) } : options;
}

/** The options of a batch that was made at an instant, without the day that it bears because it was that day. */
export async function undated(tx: Tx, workspaceId: string, made: BatchOptions, at: Date): Promise<BatchOptions> {
  const { date, ...options } = made;
  return date === undefined || date === (await dayOf(tx, workspaceId, at)) ? options : made;
}

async function dayOf(tx: Tx, workspaceId: string, at: Date): Promise<string> {
  const workspace = await findWorkspace(tx, workspaceId);
  return localTime(at.toISOString(), workspace?.zone ?? 'UTC').slice(0, 10);
}
