import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Course, CourseQuery, CourseRun, ListedCourse } from '../../contracts/courses/courses-api.schema.ts';
import type { CourseInput, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { courseRoutes } from '../../contracts/courses/courses.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { CoursesService } from './courses.service.ts';

/** `/v1/courses`. */
@ApiTags('Courses')
@Controller()
export class CoursesController {
  constructor(private readonly courses: CoursesService) {}

  @Route(courseRoutes.list)
  list(@Caller() caller: Principal, @Query() query: CourseQuery): Promise<Page<ListedCourse>> {
    return this.courses.list(caller, query);
  }

  @Route(courseRoutes.put)
  put(@Caller() caller: Principal, @Param('slug') slug: string, @Body() input: CourseInput): Promise<Course> {
    return this.courses.put(caller, slug, input);
  }

  @Route(courseRoutes.get)
  get(@Caller() caller: Principal, @Param('slug') slug: string): Promise<Course> {
    return this.courses.get(caller, slug);
  }

  @Route(courseRoutes.putRun)
  putRun(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('runSlug') runSlug: string,
    @Body() input: CourseRunInput,
  ): Promise<CourseRun> {
    return this.courses.putRun(caller, slug, runSlug, input);
  }

  @Route(courseRoutes.getRun)
  getRun(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('runSlug') runSlug: string,
  ): Promise<CourseRun> {
    return this.courses.getRun(caller, slug, runSlug);
  }
}
