import { Module } from '@nestjs/common';
import { EnrollmentsController } from './enrollments.controller.ts';
import { EnrollmentsService } from './enrollments.service.ts';
import { PaidPageController } from './paid-page.controller.ts';

/** Enrollments of learners in course runs. */
@Module({ controllers: [EnrollmentsController, PaidPageController], providers: [EnrollmentsService] })
export class EnrollmentsModule {}
