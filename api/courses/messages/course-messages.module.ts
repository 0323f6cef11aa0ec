import { Module } from '@nestjs/common';
import { CourseMessagesController } from './course-messages.controller.ts';
import { CourseMessagesService } from './course-messages.service.ts';

/** Messages to the learners of a course run. */
@Module({ controllers: [CourseMessagesController], providers: [CourseMessagesService] })
export class CourseMessagesModule {}
