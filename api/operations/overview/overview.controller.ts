import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Overview } from '../../../contracts/operations/overview-api.schema.ts';
import { Operation } from '../../http/operation.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { OverviewService } from './overview.service.ts';

/** `/v1/overview`. */
@ApiTags('Overview')
@Controller('v1/overview')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @Operation({
    summary: 'Shows what needs the caller, what runs and what broke',
    access: 'runs:read',
    answer: Overview,
  })
  show(@Caller() caller: Principal): Promise<Overview> {
    return this.overview.show(caller);
  }
}
