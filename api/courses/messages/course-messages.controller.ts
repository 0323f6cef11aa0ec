import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  CourseMessage,
  CourseMessageInput,
  Recipients,
  RecipientsQuery,
} from '../../../contracts/courses/course-messages-api.schema.ts';
import { courseMessageRoutes } from '../../../contracts/courses/course-messages.routes.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { CourseMessagesService } from './course-messages.service.ts';

/** `/v1/courses/{slug}/runs/{runSlug}/messages`. */
@ApiTags('Courses')
@Controller()
export class CourseMessagesController {
  constructor(private readonly messages: CourseMessagesService) {}

  @Route(courseMessageRoutes.recipients)
  recipients(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('runSlug') runSlug: string,
    @Query() query: RecipientsQuery,
  ): Promise<Recipients> {
    return this.messages.recipients(caller, { slug, runSlug }, query);
  }

  @Route(courseMessageRoutes.list)
  list(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('runSlug') runSlug: string,
    @Query() query: PageQuery,
  ): Promise<Page<CourseMessage>> {
    return this.messages.list(caller, { slug, runSlug }, query);
  }

  @Route(courseMessageRoutes.send)
  send(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('runSlug') runSlug: string,
    @Body() input: CourseMessageInput,
  ): Promise<CourseMessage> {
    return this.messages.send(caller, { slug, runSlug }, input);
  }
}
