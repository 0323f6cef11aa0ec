import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Course, CourseQuery, CourseRun, ListedCourse } from '../../contracts/courses/courses-api.schema.ts';
import { pageOf, Slug } from '../../contracts/core/values.schema.ts';
import { CourseInput, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { CoursesService } from './courses.service.ts';

/** `/v1/courses`. */
@ApiTags('Courses')
@Controller('v1/courses')
export class CoursesController {
  constructor(private readonly courses: CoursesService) {}

  @Get()
  @Operation({
    summary: 'Lists courses with their runs, newest first',
    access: 'courses:read',
    answer: pageOf(ListedCourse),
  })
  list(@Caller() caller: Principal, @Query({ schema: CourseQuery }) query: CourseQuery): Promise<Page<ListedCourse>> {
    return this.courses.list(caller, query);
  }

  @Put(':slug')
  @Operation({ summary: 'Creates a course or changes it', access: 'courses:write', answer: Course })
  put(
    @Caller() caller: Principal,
    @Param('slug', { schema: Slug }) slug: string,
    @Body({ schema: CourseInput }) input: CourseInput,
  ): Promise<Course> {
    return this.courses.put(caller, slug, input);
  }

  @Get(':slug')
  @Operation({ summary: 'Shows a course', access: 'courses:read', answer: Course })
  get(@Caller() caller: Principal, @Param('slug', { schema: Slug }) slug: string): Promise<Course> {
    return this.courses.get(caller, slug);
  }

  @Put(':slug/runs/:runSlug')
  @Operation({
    summary: 'Creates a course run or changes it; new seats are offered to those who wait',
    access: 'courses:write',
    answer: CourseRun,
  })
  putRun(
    @Caller() caller: Principal,
    @Param('slug', { schema: Slug }) slug: string,
    @Param('runSlug', { schema: Slug }) runSlug: string,
    @Body({ schema: CourseRunInput }) input: CourseRunInput,
  ): Promise<CourseRun> {
    return this.courses.putRun(caller, slug, runSlug, input);
  }

  @Get(':slug/runs/:runSlug')
  @Operation({ summary: 'Shows a course run with its seats', access: 'courses:read', answer: CourseRun })
  getRun(
    @Caller() caller: Principal,
    @Param('slug', { schema: Slug }) slug: string,
    @Param('runSlug', { schema: Slug }) runSlug: string,
  ): Promise<CourseRun> {
    return this.courses.getRun(caller, slug, runSlug);
  }
}
