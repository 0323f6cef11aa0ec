import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Accepted, Enrollment, EnrollmentsQuery } from '../../contracts/courses/enrollments-api.schema.ts';
import { Id, pageOf } from '../../contracts/core/values.schema.ts';
import { EnrollmentRequest, OfferAnswer, WithdrawRequest } from '../../contracts/courses/enrollment.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { EnrollmentsService } from './enrollments.service.ts';

/** `/v1/enrollments`. */
@ApiTags('Enrollments')
@Controller('v1/enrollments')
export class EnrollmentsController {
  constructor(private readonly enrollments: EnrollmentsService) {}

  @Post()
  @Operation({
    summary: 'Asks for a place in a course run',
    access: 'enrollments:write',
    answer: Enrollment,
    status: 202,
    idempotent: true,
  })
  request(
    @Caller() caller: Principal,
    @Body({ schema: EnrollmentRequest }) input: EnrollmentRequest,
  ): Promise<Enrollment> {
    return this.enrollments.request(caller, input);
  }

  @Get()
  @Operation({ summary: 'Lists enrollments, newest first', access: 'enrollments:read', answer: pageOf(Enrollment) })
  list(
    @Caller() caller: Principal,
    @Query({ schema: EnrollmentsQuery }) query: EnrollmentsQuery,
  ): Promise<Page<Enrollment>> {
    return this.enrollments.list(caller, query);
  }

  @Get(':id')
  @Operation({ summary: 'Shows an enrollment', access: 'enrollments:read', answer: Enrollment })
  get(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<Enrollment> {
    return this.enrollments.get(caller, id);
  }

  @Post(':id/offer')
  @Operation({
    summary: 'Answers the seat that is offered now',
    access: 'enrollments:write',
    answer: Accepted,
    status: 202,
    idempotent: true,
  })
  answer(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: OfferAnswer }) input: OfferAnswer,
  ): Promise<Accepted> {
    return this.enrollments.answer(caller, id, input);
  }

  @Post(':id/withdraw')
  @Operation({
    summary: 'Withdraws; a person decides about the refund where money was paid',
    access: 'enrollments:write',
    answer: Accepted,
    status: 202,
    idempotent: true,
  })
  withdraw(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: WithdrawRequest }) input: WithdrawRequest,
  ): Promise<Accepted> {
    return this.enrollments.withdraw(caller, id, input);
  }
}
