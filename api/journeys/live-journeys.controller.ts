import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  JourneyPublication,
  JourneyReason,
  JourneySlug,
  JourneyStartRequest,
  JourneyStats,
  JourneyStatsQuery,
  JourneyVersion,
  JourneyVersionDetail,
  PublishedJourney,
  StartedRun,
  SwitchedJourney,
} from '../../contracts/journeys/journeys-api.schema.ts';
import { pageOf, PageQuery, VersionNumber } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { JourneyRunsService } from './journey-runs.service.ts';
import { PublishService } from './publish.service.ts';
import { SwitchService } from './switch.service.ts';

/** `/v1/journeys/{slug}`: versions, and the people who go through them. */
@ApiTags('Journeys')
@Controller('v1/journeys/:slug')
export class LiveJourneysController {
  constructor(
    private readonly publications: PublishService,
    private readonly switches: SwitchService,
    private readonly runs: JourneyRunsService,
  ) {}

  @Post('publish')
  @Operation({
    summary: 'Publishes the draft as a version that never changes',
    access: 'journeys:publish',
    answer: PublishedJourney,
  })
  publish(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Body({ schema: JourneyPublication }) input: JourneyPublication,
  ): Promise<PublishedJourney> {
    return this.publications.publish(caller, slug, input);
  }

  @Get('versions')
  @Operation({ summary: 'Lists versions, newest first', access: 'journeys:read', answer: pageOf(JourneyVersion) })
  versions(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<Page<JourneyVersion>> {
    return this.publications.versions(caller, slug, query);
  }

  @Get('versions/:version')
  @Operation({
    summary: 'Shows a version with its definition',
    access: 'journeys:read',
    answer: JourneyVersionDetail,
  })
  version(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Param('version', { schema: VersionNumber }) version: number,
  ): Promise<JourneyVersionDetail> {
    return this.publications.version(caller, slug, version);
  }

  @Post('pause')
  @Operation({
    summary: 'Pauses a journey: no one enters, and everyone stays where they are',
    access: 'journeys:publish',
    answer: SwitchedJourney,
    status: 202,
  })
  pause(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Body({ schema: JourneyReason }) input: JourneyReason,
  ): Promise<SwitchedJourney> {
    return this.switches.turn(caller, slug, 'pause', input);
  }

  @Post('resume')
  @Operation({
    summary: 'Goes on after a pause',
    access: 'journeys:publish',
    answer: SwitchedJourney,
    status: 202,
  })
  resume(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Body({ schema: JourneyReason }) input: JourneyReason,
  ): Promise<SwitchedJourney> {
    return this.switches.turn(caller, slug, 'resume', input);
  }

  @Post('stop')
  @Operation({
    summary: 'Stops a journey: no one enters, and every run ends',
    access: 'journeys:publish',
    answer: SwitchedJourney,
    status: 202,
  })
  stop(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Body({ schema: JourneyReason }) input: JourneyReason,
  ): Promise<SwitchedJourney> {
    return this.switches.turn(caller, slug, 'stop', input);
  }

  @Get('stats')
  @Operation({ summary: 'Counts runs and steps', access: 'journeys:read', answer: JourneyStats })
  stats(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Query({ schema: JourneyStatsQuery }) query: JourneyStatsQuery,
  ): Promise<JourneyStats> {
    return this.runs.stats(caller, slug, query);
  }

  @Post('runs')
  @Operation({
    summary: 'Starts one contact by hand',
    access: 'journeys:publish',
    answer: StartedRun,
    status: 202,
    idempotent: true,
  })
  start(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @Body({ schema: JourneyStartRequest }) input: JourneyStartRequest,
  ): Promise<StartedRun> {
    return this.runs.start(caller, slug, input);
  }
}
