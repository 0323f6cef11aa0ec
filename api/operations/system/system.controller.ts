import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Storage, System } from '../../../contracts/operations/system-api.schema.ts';
import { Operation } from '../../http/operation.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { SystemService } from './system.service.ts';

/** `/v1/system`. */
@ApiTags('Health')
@Controller('v1/system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @Operation({ summary: 'Says what of the installation is not real or not well', access: 'signedIn', answer: System })
  show(@Caller() caller: Principal): Promise<System> {
    return this.system.show(caller);
  }

  @Get('storage')
  @Operation({
    summary: 'Says how much the workspace keeps, and how long things are kept',
    access: 'system:read',
    answer: Storage,
  })
  storage(@Caller() caller: Principal): Promise<Storage> {
    return this.system.storage(caller);
  }
}
