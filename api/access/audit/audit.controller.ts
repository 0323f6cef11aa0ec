import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type {
  AuditEntry,
  AuditFileQuery,
  AuditQuery,
  AuditVerification,
  AuditVerificationQuery,
} from '../../../contracts/access/audit-api.schema.ts';
import { auditRoutes } from '../../../contracts/access/audit.routes.ts';
import { Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { AuditService } from './audit.service.ts';

/** `/v1/audit`. */
@ApiTags('Audit')
@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Route(auditRoutes.list)
  list(@Caller() caller: Principal, @Query() query: AuditQuery): Promise<Page<AuditEntry>> {
    return this.audit.list(caller, query);
  }

  @Route(auditRoutes.file)
  file(@Caller() caller: Principal, @Query() query: AuditFileQuery, @Res() reply: FastifyReply): void {
    void reply
      .headers({
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': 'attachment; filename="audit.csv"',
        'Cache-Control': 'private, no-store',
      })
      .send(this.audit.file(caller, query));
  }

  @Route(auditRoutes.verify)
  verify(@Caller() caller: Principal, @Query() query: AuditVerificationQuery): Promise<AuditVerification> {
    return this.audit.verify(caller, query);
  }
}
