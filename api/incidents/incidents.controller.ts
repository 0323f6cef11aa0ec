import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Incident, IncidentQuery } from '../../contracts/api/incidents.schema.ts';
import { pageOf } from '../../contracts/api/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/paging.ts';
import { Caller, type Principal } from '../http/principal.ts';
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
}
