import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  Accepted,
  Enrollment,
  EnrollmentsQuery,
  MoreTimeAnswer,
} from '../../contracts/courses/enrollments-api.schema.ts';
import type {
  EnrollmentRequest,
  MoreTime,
  OfferAnswer,
  WithdrawRequest,
} from '../../contracts/courses/enrollment.schema.ts';
import { enrollmentRoutes } from '../../contracts/courses/enrollments.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { EnrollmentsService } from './enrollments.service.ts';

/** `/v1/enrollments`. */
@ApiTags('Enrollments')
@Controller()
export class EnrollmentsController {
  constructor(private readonly enrollments: EnrollmentsService) {}

  @Route(enrollmentRoutes.request)
  request(@Caller() caller: Principal, @Body() input: EnrollmentRequest): Promise<Enrollment> {
    return this.enrollments.request(caller, input);
  }

  @Route(enrollmentRoutes.list)
  list(@Caller() caller: Principal, @Query() query: EnrollmentsQuery): Promise<Page<Enrollment>> {
    return this.enrollments.list(caller, query);
  }

  @Route(enrollmentRoutes.get)
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Enrollment> {
    return this.enrollments.get(caller, id);
  }

  @Route(enrollmentRoutes.moreTime)
  moreTime(@Caller() caller: Principal, @Body() input: MoreTime): Promise<MoreTimeAnswer> {
    return this.enrollments.moreTime(caller, input);
  }

  @Route(enrollmentRoutes.answer)
  answer(@Caller() caller: Principal, @Param('id') id: string, @Body() input: OfferAnswer): Promise<Accepted> {
    return this.enrollments.answer(caller, id, input);
  }

  @Route(enrollmentRoutes.withdraw)
  withdraw(@Caller() caller: Principal, @Param('id') id: string, @Body() input: WithdrawRequest): Promise<Accepted> {
    return this.enrollments.withdraw(caller, id, input);
  }

  @Route(enrollmentRoutes.stay)
  stay(@Caller() caller: Principal, @Param('id') id: string): Promise<Accepted> {
    return this.enrollments.stay(caller, id);
  }
}
