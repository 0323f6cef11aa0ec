import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import type { BulkOperation, BulkQuery, BulkRefusal, BulkRequest } from '../../../contracts/runs/bulk-api.schema.ts';
import { bulkRoutes } from '../../../contracts/runs/bulk.routes.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import type { Page } from '../../http/request/paging.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import { BulkService } from './bulk.service.ts';

/** `/v1/bulk-operations`. */
@ApiTags('Runs')
@Controller()
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  @Route(bulkRoutes.start)
  start(@Caller() caller: Principal, @Body() request: BulkRequest): Promise<BulkOperation> {
    return this.bulk.start(caller, request);
  }

  @Route(bulkRoutes.list)
  list(@Caller() caller: Principal, @Query() query: BulkQuery): Promise<Page<BulkOperation>> {
    return this.bulk.list(caller, query);
  }

  @Route(bulkRoutes.show)
  show(@Caller() caller: Principal, @Param('id') id: string): Promise<BulkOperation> {
    return this.bulk.show(caller, id);
  }

  @Route(bulkRoutes.refusals)
  refusals(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<BulkRefusal>> {
    return this.bulk.refusals(caller, id, query);
  }

  @Route(bulkRoutes.pause)
  pause(@Caller() caller: Principal, @Param('id') id: string): Promise<BulkOperation> {
    return this.bulk.pause(caller, id, true);
  }

  @Route(bulkRoutes.resume)
  resume(@Caller() caller: Principal, @Param('id') id: string): Promise<BulkOperation> {
    return this.bulk.pause(caller, id, false);
  }

  @Route(bulkRoutes.cancel)
  cancel(@Caller() caller: Principal, @Param('id') id: string): Promise<BulkOperation> {
    return this.bulk.cancel(caller, id);
  }
}
