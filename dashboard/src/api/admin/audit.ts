import type { AuditVerification } from '../../../../contracts/access/audit-api.schema.ts';
import { auditRoutes } from '../../../../contracts/access/audit.routes.ts';
import { addressOf, type QueryOf } from '../../../../contracts/http/route.ts';
import { listQuery } from '../http/pages.ts';
import { request } from '../http/request.ts';

/** What was done in the workspace: of one kind, by one member, since an instant, or all of it. */
export function auditQuery(query: QueryOf<typeof auditRoutes.list>) {
  const topics = ['run', 'gate', 'journey', 'batch', 'contact'] as const;
  return listQuery({ route: auditRoutes.list, call: { query }, meta: { topics } });
}

/** Where all of that is, as a file. */
export function auditFile(query: QueryOf<typeof auditRoutes.file>): string {
  return addressOf(auditRoutes.file, { query });
}

/** What was done to a run. */
export function runAuditQuery(id: string) {
  return listQuery({ route: auditRoutes.list, call: { query: { subjectId: id } }, meta: { topics: ['run'], id } });
}

/** Checks that no entry was changed or taken out. */
export function verifyAudit(): Promise<AuditVerification> {
  return request(auditRoutes.verify, {});
}
