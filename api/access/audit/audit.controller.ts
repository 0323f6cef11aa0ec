import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditEntry, AuditQuery, AuditVerification } from '../../../contracts/access/audit-api.schema.ts';
import { pageOf } from '../../../contracts/core/values.schema.ts';
import { Operation } from '../../http/operation.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { AuditService } from './audit.service.ts';

/** `/v1/audit`. */
@ApiTags('Audit')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Operation({
    summary: 'Lists what people and keys did, newest first',
    access: 'audit:read',
    answer: pageOf(AuditEntry),
  })
  list(@Caller() caller: Principal, @Query({ schema: AuditQuery }) query: AuditQuery): Promise<Page<AuditEntry>> {
    return this.audit.list(caller, query);
  }

  @Get('verification')
  @Operation({ summary: 'Verifies the chain of hashes', access: 'audit:read', answer: AuditVerification })
  verify(@Caller() caller: Principal): Promise<AuditVerification> {
    return this.audit.verify(caller);
  }
}
