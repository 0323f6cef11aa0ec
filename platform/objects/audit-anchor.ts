import { z } from 'zod';
import type { ObjectStore } from './file-store.ts';

const Anchor = z.object({ seq: z.int().min(1), hash: z.string() });
/** Where the sealed audit log of a workspace ended when it was last noted outside of the database; the hash is in hex. */
export type AuditAnchor = z.infer<typeof Anchor>;

const keyOf = (workspaceId: string): string => `${workspaceId}/audit/head.json`;

/** Notes the end of a workspace's audit log where the database's owner does not reach it. */
export async function writeAuditAnchor(objects: ObjectStore, workspaceId: string, anchor: AuditAnchor): Promise<void> {
  await objects.put(keyOf(workspaceId), JSON.stringify(anchor));
}

/** The last noted end; null where none was. @throws the store's error */
export async function readAuditAnchor(objects: ObjectStore, workspaceId: string): Promise<AuditAnchor | null> {
  const stored = await objects.open(keyOf(workspaceId));
  if (!stored) return null;
  stored.content.destroy();
  return Anchor.parse(JSON.parse((await objects.get(keyOf(workspaceId))).toString('utf8')));
}
