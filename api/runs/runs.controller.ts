import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  AcceptedOperation,
  RewindPreview,
  Run,
  RunAhead,
  RunCountQuery,
  RunCounts,
  RunDetail,
  RunOperation,
  RunQuery,
  Step,
  Turn,
} from '../../contracts/runs/runs-api.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { runRoutes } from '../../contracts/runs/runs.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { AheadService } from './ahead/ahead.service.ts';
import { RunOperationsService } from './run-operations.service.ts';
import { RunsService } from './runs.service.ts';

/** `/v1/runs`. */
@ApiTags('Runs')
@Controller()
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly operations: RunOperationsService,
    private readonly aheads: AheadService,
  ) {}

  @Route(runRoutes.list)
  list(@Caller() caller: Principal, @Query() query: RunQuery): Promise<Page<Run>> {
    return this.runs.list(caller, query);
  }

  @Route(runRoutes.count)
  count(@Caller() caller: Principal, @Query() query: RunCountQuery): Promise<RunCounts> {
    return this.runs.count(caller, query);
  }

  @Route(runRoutes.turns)
  turns(@Caller() caller: Principal, @Param('id') id: string, @Query() query: PageQuery): Promise<Page<Turn>> {
    return this.runs.turns(caller, id, query);
  }

  @Route(runRoutes.previewRewind)
  previewRewind(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Param('turn') turn: number,
  ): Promise<RewindPreview> {
    return this.runs.previewRewind(caller, id, turn);
  }

  @Route(runRoutes.show)
  show(@Caller() caller: Principal, @Param('id') id: string): Promise<RunDetail> {
    return this.runs.show(caller, id);
  }

  @Route(runRoutes.steps)
  steps(@Caller() caller: Principal, @Param('id') id: string, @Query() query: PageQuery): Promise<Page<Step>> {
    return this.runs.steps(caller, id, query);
  }

  @Route(runRoutes.ahead)
  ahead(@Caller() caller: Principal, @Param('id') id: string): Promise<RunAhead> {
    return this.aheads.ahead(caller, id);
  }

  @Route(runRoutes.operate)
  operate(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() operation: RunOperation,
  ): Promise<AcceptedOperation> {
    return this.operations.operate(caller, id, operation);
  }
}
