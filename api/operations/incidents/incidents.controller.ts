import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Incident, IncidentQuery, IncidentResolution } from '../../../contracts/operations/incidents-api.schema.ts';
import { Id, pageOf } from '../../../contracts/core/values.schema.ts';
import { Operation } from '../../http/operation.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { IncidentsService } from './incidents.service.ts';

/** `/v1/incidents`. */
@ApiTags('Incidents')
@Controller('v1/incidents')
export class IncidentsController {
  constructor(private readonly incidents: IncidentsService) {}

  @Get()
  @Operation({ summary: 'Lists incidents, newest first', access: 'runs:read', answer: pageOf(Incident) })
  list(@Caller() caller: Principal, @Query({ schema: IncidentQuery }) query: IncidentQuery): Promise<Page<Incident>> {
    return this.incidents.list(caller, query);
  }

  @Post(':id/resolution')
  @Operation({
    summary: 'Marks an incident as dealt with and wakes its run; one that is resolved stays so',
    access: 'runs:operate',
    answer: Incident,
  })
  resolve(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: IncidentResolution }) input: IncidentResolution,
  ): Promise<Incident> {
    return this.incidents.resolve(caller, id, input);
  }
}
