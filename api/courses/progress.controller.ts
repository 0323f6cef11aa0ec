import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ProgressAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import { progressRoutes } from '../../contracts/courses/progress.routes.ts';
import { JsonBody, Route } from '../http/route.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { ProgressService } from './progress.service.ts';

/** `/v1/progress`. */
@ApiTags('Enrollments')
@Controller()
export class ProgressController {
  constructor(private readonly progress: ProgressService) {}

  @Route(progressRoutes.takeIn)
  takeIn(@Caller() caller: Principal, @JsonBody() body: unknown): Promise<ProgressAnswer> {
    return this.progress.takeIn(caller, body);
  }
}
