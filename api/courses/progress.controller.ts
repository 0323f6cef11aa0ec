import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProgressAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import { type ProgressEvent, ProgressReport } from '../../contracts/courses/enrollment.schema.ts';
import { Operation } from '../http/operation.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { ProgressService } from './progress.service.ts';

/** `/v1/progress`. */
@ApiTags('Enrollments')
@Controller('v1/progress')
export class ProgressController {
  constructor(private readonly progress: ProgressService) {}

  @Post()
  @Operation({
    summary: 'Takes in 1 to 1,000 pieces of learning progress',
    access: 'progress:write',
    answer: ProgressAnswer,
    status: 202,
  })
  takeIn(
    @Caller() caller: Principal,
    @Body({ schema: ProgressReport }) report: { events: ProgressEvent[] },
  ): Promise<ProgressAnswer> {
    return this.progress.takeIn(caller, report.events);
  }
}
