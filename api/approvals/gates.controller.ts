import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Decision, Gate, GateCounts, GateQuery } from '../../contracts/approvals/gates-api.schema.ts';
import { Id, pageOf } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { GatesService } from './gates.service.ts';

/** `/v1/gates`. */
@ApiTags('Gates')
@Controller('v1/gates')
export class GatesController {
  constructor(private readonly gates: GatesService) {}

  @Get()
  @Operation({
    summary: 'Lists approvals, newest first unless sorted otherwise',
    access: 'gates:read',
    answer: pageOf(Gate),
  })
  list(@Caller() caller: Principal, @Query({ schema: GateQuery }) query: GateQuery): Promise<Page<Gate>> {
    return this.gates.list(caller, query);
  }

  @Get('counts')
  @Operation({
    summary: 'Counts open approvals, and the caller’s among them',
    access: 'gates:read',
    answer: GateCounts,
  })
  count(@Caller() caller: Principal): Promise<GateCounts> {
    return this.gates.count(caller);
  }

  @Get(':id')
  @Operation({ summary: 'Shows one approval with its content', access: 'gates:read', answer: Gate })
  show(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<Gate> {
    return this.gates.show(caller, id);
  }

  @Post(':id/decisions')
  @Operation({
    summary: 'Decides an approval; the same decision again gives the first answer',
    access: 'gates:decide',
    answer: Gate,
    idempotent: true,
  })
  decide(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Decision }) decision: Decision,
  ): Promise<Gate> {
    return this.gates.decide(caller, id, decision);
  }
}
