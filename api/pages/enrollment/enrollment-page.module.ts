import { Module } from '@nestjs/common';
import { EnrollmentPageController } from './enrollment-page.controller.ts';
import { EnrollmentPageService } from './enrollment-page.service.ts';

/** A learner's own page. */
@Module({ controllers: [EnrollmentPageController], providers: [EnrollmentPageService] })
export class EnrollmentPageModule {}
