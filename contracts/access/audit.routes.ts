import { pageOf } from '../core/values.schema.ts';
import { AuditEntry, AuditQuery, AuditVerification, AuditVerificationQuery } from './audit-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/audit`. */
export const auditRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/v1/audit',
    summary: 'Lists what people and keys did, newest first',
    access: 'audit:read',
    query: AuditQuery,
    answer: pageOf(AuditEntry),
  }),
  verify: defineRoute({
    method: 'GET',
    path: '/v1/audit/verification',
    summary: 'Verifies the chain of hashes',
    access: 'audit:read',
    query: AuditVerificationQuery,
    answer: AuditVerification,
  }),
};
