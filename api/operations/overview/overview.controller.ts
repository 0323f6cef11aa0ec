import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Overview } from '../../../contracts/operations/overview-api.schema.ts';
import { overviewRoutes } from '../../../contracts/operations/overview.routes.ts';
import { Route } from '../../http/route.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { OverviewService } from './overview.service.ts';

/** `/v1/overview`. */
@ApiTags('Overview')
@Controller()
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Route(overviewRoutes.show)
  show(@Caller() caller: Principal): Promise<Overview> {
    return this.overview.show(caller);
  }
}
