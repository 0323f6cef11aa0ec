import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  Incident,
  IncidentCounts,
  IncidentDetail,
  IncidentIgnored,
  IncidentOwner,
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

  @Route(incidentRoutes.count)
  count(@Caller() caller: Principal): Promise<IncidentCounts> {
    return this.incidents.count(caller);
  }

  @Route(incidentRoutes.show)
  show(@Caller() caller: Principal, @Param('id') id: string): Promise<IncidentDetail> {
    return this.incidents.show(caller, id);
  }

  @Route(incidentRoutes.own)
  own(@Caller() caller: Principal, @Param('id') id: string, @Body() input: IncidentOwner): Promise<Incident> {
    return this.incidents.own(caller, id, input);
  }

  @Route(incidentRoutes.ignore)
  ignore(@Caller() caller: Principal, @Param('id') id: string, @Body() input: IncidentIgnored): Promise<Incident> {
    return this.incidents.ignore(caller, id, input);
  }

  @Route(incidentRoutes.heed)
  heed(@Caller() caller: Principal, @Param('id') id: string): Promise<Incident> {
    return this.incidents.heed(caller, id);
  }

  @Route(incidentRoutes.resolve)
  resolve(@Caller() caller: Principal, @Param('id') id: string, @Body() input: IncidentResolution): Promise<Incident> {
    return this.incidents.resolve(caller, id, input);
  }
}
