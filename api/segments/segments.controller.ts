import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import type {
  Segment,
  SegmentChange,
  SegmentInput,
  SegmentMember,
  SegmentPreview,
  SegmentPreviewInput,
  Segments,
  SegmentWhy,
} from '../../contracts/segments/segments-api.schema.ts';
import { segmentRoutes } from '../../contracts/segments/segments.routes.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import type { Page } from '../http/request/paging.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import { SegmentsService } from './segments.service.ts';

/** `/v1/segments`. */
@ApiTags('Segments')
@Controller()
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  @Route(segmentRoutes.list)
  list(@Caller() caller: Principal): Promise<Segments> {
    return this.segments.list(caller);
  }

  @Route(segmentRoutes.preview)
  preview(@Caller() caller: Principal, @Body() { rule }: SegmentPreviewInput): Promise<SegmentPreview> {
    return this.segments.preview(caller, rule);
  }

  @Route(segmentRoutes.show)
  show(@Caller() caller: Principal, @Param('slug') slug: string): Promise<Segment> {
    return this.segments.show(caller, slug);
  }

  @Route(segmentRoutes.put)
  put(@Caller() caller: Principal, @Param('slug') slug: string, @Body() input: SegmentInput): Promise<Segment> {
    return this.segments.put(caller, slug, input);
  }

  @Route(segmentRoutes.remove)
  remove(@Caller() caller: Principal, @Param('slug') slug: string): Promise<void> {
    return this.segments.remove(caller, slug);
  }

  @Route(segmentRoutes.members)
  members(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Query() query: PageQuery,
  ): Promise<Page<SegmentMember>> {
    return this.segments.members(caller, slug, query);
  }

  @Route(segmentRoutes.changes)
  changes(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Query() query: PageQuery,
  ): Promise<Page<SegmentChange>> {
    return this.segments.changes(caller, slug, query);
  }

  @Route(segmentRoutes.why)
  why(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('externalId') externalId: string,
  ): Promise<SegmentWhy> {
    return this.segments.why(caller, slug, externalId);
  }
}
