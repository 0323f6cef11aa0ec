import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Storage, System } from '../../../contracts/operations/system-api.schema.ts';
import { systemRoutes } from '../../../contracts/operations/system.routes.ts';
import { Route } from '../../http/route.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { SystemService } from './system.service.ts';

/** `/v1/system`. */
@ApiTags('Health')
@Controller()
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Route(systemRoutes.show)
  show(@Caller() caller: Principal): Promise<System> {
    return this.system.show(caller);
  }

  @Route(systemRoutes.storage)
  storage(@Caller() caller: Principal): Promise<Storage> {
    return this.system.storage(caller);
  }
}
