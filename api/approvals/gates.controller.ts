import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  Decision,
  Gate,
  GateCounts,
  GateMailPlace,
  GateMails,
  GateQuery,
} from '../../contracts/approvals/gates-api.schema.ts';
import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import { gateRoutes } from '../../contracts/approvals/gates.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { GatesService } from './gates.service.ts';

/** `/v1/gates`. */
@ApiTags('Gates')
@Controller()
export class GatesController {
  constructor(private readonly gates: GatesService) {}

  @Route(gateRoutes.list)
  list(@Caller() caller: Principal, @Query() query: GateQuery): Promise<Page<Gate>> {
    return this.gates.list(caller, query);
  }

  @Route(gateRoutes.count)
  count(@Caller() caller: Principal): Promise<GateCounts> {
    return this.gates.count(caller);
  }

  @Route(gateRoutes.show)
  show(@Caller() caller: Principal, @Param('id') id: string): Promise<Gate> {
    return this.gates.show(caller, id);
  }

  @Route(gateRoutes.mails)
  mails(@Caller() caller: Principal, @Param('id') id: string): Promise<GateMails> {
    return this.gates.mails(caller, id);
  }

  @Route(gateRoutes.test)
  test(@Caller() caller: Principal, @Param('id') id: string, @Body() place: GateMailPlace): Promise<TestMailAsked> {
    return this.gates.test(caller, id, place);
  }

  @Route(gateRoutes.decide)
  decide(@Caller() caller: Principal, @Param('id') id: string, @Body() decision: Decision): Promise<Gate> {
    return this.gates.decide(caller, id, decision);
  }
}
