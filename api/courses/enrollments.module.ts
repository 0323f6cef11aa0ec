import { Module } from '@nestjs/common';
import { EnrollmentsController } from './enrollments.controller.ts';
import { EnrollmentsService } from './enrollments.service.ts';

/** Enrollments of learners in course runs. */
@Module({ controllers: [EnrollmentsController], providers: [EnrollmentsService] })
export class EnrollmentsModule {}
