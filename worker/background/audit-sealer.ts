import { sealAudit } from '../../platform/db/access/audit-seal.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import { writeAuditAnchor } from '../../platform/objects/audit-anchor.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';

/** What sealing needs; `db` is the system role's. */
export type SealerDeps = { db: Db; objects: ObjectStore; log: Pick<Logger, 'info'> };

/** How often the end of one log is written into the process's log: what is cut off afterwards is less than this. */
const logEveryMs = 60_000;

/**
 * Makes the pass that chains new audit entries and notes where each log ends outside of the database, in the object store and in the
 * process's log: a chain alone does not show that its end was cut off. @returns how many were sealed
 */
export function createAuditSealer({ db, objects, log }: SealerDeps): () => Promise<number> {
  const logged = new Map<string, number>();
  return async () => {
    const { sealed, heads } = await sealAudit(db);
    for (const { workspaceId, seq, hash } of heads) {
      await writeAuditAnchor(objects, workspaceId, { seq, hash: hash.toString('hex') });
      if (performance.now() - (logged.get(workspaceId) ?? -logEveryMs) < logEveryMs) continue;
      logged.set(workspaceId, performance.now());
      log.info({ workspaceId, sealed: seq, head: hash.toString('hex') }, 'the audit log ends here');
    }
    return sealed;
  };
}
