import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AcceptedOperation,
  RewindPreview,
  Run,
  RunCountQuery,
  RunCounts,
  RunDetail,
  RunOperation,
  RunQuery,
  Step,
  Turn,
  TurnNumber,
} from '../../contracts/runs/runs-api.schema.ts';
import { Id, pageOf, PageQuery } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { RunOperationsService } from './run-operations.service.ts';
import { RunsService } from './runs.service.ts';

/** `/v1/runs`. */
@ApiTags('Runs')
@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly operations: RunOperationsService,
  ) {}

  @Get()
  @Operation({ summary: 'Lists runs of every kind, newest first', access: 'runs:read', answer: pageOf(Run) })
  list(@Caller() caller: Principal, @Query({ schema: RunQuery }) query: RunQuery): Promise<Page<Run>> {
    return this.runs.list(caller, query);
  }

  @Get('counts')
  @Operation({ summary: 'Counts runs by what they are and how they stand', access: 'runs:read', answer: RunCounts })
  count(@Caller() caller: Principal, @Query({ schema: RunCountQuery }) query: RunCountQuery): Promise<RunCounts> {
    return this.runs.count(caller, query);
  }

  @Get(':id/turns')
  @Operation({
    summary: 'Lists the points that a run can be rewound to, newest first',
    access: 'runs:read',
    answer: pageOf(Turn),
  })
  turns(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<Page<Turn>> {
    return this.runs.turns(caller, id, query);
  }

  @Get(':id/turns/:turn/preview')
  @Operation({ summary: 'Says what a rewind to a turn keeps and repeats', access: 'runs:read', answer: RewindPreview })
  previewRewind(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Param('turn', { schema: TurnNumber }) turn: number,
  ): Promise<RewindPreview> {
    return this.runs.previewRewind(caller, id, turn);
  }

  @Get(':id')
  @Operation({ summary: 'Shows a run with its current facts', access: 'runs:read', answer: RunDetail })
  show(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<RunDetail> {
    return this.runs.show(caller, id);
  }

  @Get(':id/steps')
  @Operation({
    summary: 'Shows a run’s timeline with its effects, oldest first',
    access: 'runs:read',
    answer: pageOf(Step),
  })
  steps(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<Page<Step>> {
    return this.runs.steps(caller, id, query);
  }

  @Post(':id/operations')
  @Operation({
    summary: 'Pauses, resumes, cancels, terminates or rewinds a run',
    access: 'runs:operate',
    answer: AcceptedOperation,
    status: 202,
    idempotent: true,
  })
  operate(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: RunOperation }) operation: RunOperation,
  ): Promise<AcceptedOperation> {
    return this.operations.operate(caller, id, operation);
  }
}
