import { pageOf } from '../core/values.schema.ts';
import {
  AuditEntry,
  AuditFileQuery,
  AuditQuery,
  AuditVerification,
  AuditVerificationQuery,
} from './audit-api.schema.ts';
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
  file: defineRoute({
    method: 'GET',
    path: '/v1/audit.csv',
    summary: 'Downloads what people and keys did, newest first, at most 100,000 entries',
    access: 'audit:read',
    query: AuditFileQuery,
    produces: 'text/csv',
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
