import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  Incident,
  IncidentQuery,
  IncidentResolution,
} from '../../../contracts/operations/incidents-api.schema.ts';
import { incidentRoutes } from '../../../contracts/operations/incidents.routes.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { IncidentsService } from './incidents.service.ts';

/** `/v1/incidents`. */
@ApiTags('Incidents')
@Controller()
export class IncidentsController {
  constructor(private readonly incidents: IncidentsService) {}

  @Route(incidentRoutes.list)
  list(@Caller() caller: Principal, @Query() query: IncidentQuery): Promise<Page<Incident>> {
    return this.incidents.list(caller, query);
  }

  @Route(incidentRoutes.resolve)
  resolve(@Caller() caller: Principal, @Param('id') id: string, @Body() input: IncidentResolution): Promise<Incident> {
    return this.incidents.resolve(caller, id, input);
  }
}
