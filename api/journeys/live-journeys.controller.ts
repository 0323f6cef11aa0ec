import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  JourneyPublication,
  JourneyReason,
  JourneyStartRequest,
  JourneyStats,
  JourneyStatsQuery,
  JourneyVersion,
  JourneyVersionDetail,
  PublishedJourney,
  StartedRun,
  SwitchedJourney,
} from '../../contracts/journeys/journeys-api.schema.ts';
import type { MovePreview, StartedMove } from '../../contracts/runs/bulk-api.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { journeyRoutes } from '../../contracts/journeys/journeys.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { JourneyRunsService } from './journey-runs.service.ts';
import { MoveService } from './move.service.ts';
import { PublishService } from './publish.service.ts';
import { SwitchService } from './switch.service.ts';

/** `/v1/journeys/{slug}`: versions, and the people who go through them. */
@ApiTags('Journeys')
@Controller()
export class LiveJourneysController {
  constructor(
    private readonly publications: PublishService,
    private readonly switches: SwitchService,
    private readonly runs: JourneyRunsService,
    private readonly moves: MoveService,
  ) {}

  @Route(journeyRoutes.publish)
  publish(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Body() input: JourneyPublication,
  ): Promise<PublishedJourney> {
    return this.publications.publish(caller, slug, input);
  }

  @Route(journeyRoutes.versions)
  versions(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Query() query: PageQuery,
  ): Promise<Page<JourneyVersion>> {
    return this.publications.versions(caller, slug, query);
  }

  @Route(journeyRoutes.version)
  version(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('version') version: number,
  ): Promise<JourneyVersionDetail> {
    return this.publications.version(caller, slug, version);
  }

  @Route(journeyRoutes.previewMove)
  previewMove(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('version') version: number,
  ): Promise<MovePreview> {
    return this.moves.preview(caller, slug, version);
  }

  @Route(journeyRoutes.move)
  move(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Param('version') version: number,
    @Body() input: JourneyReason,
  ): Promise<StartedMove> {
    return this.moves.move(caller, slug, version, input);
  }

  @Route(journeyRoutes.pause)
  pause(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Body() input: JourneyReason,
  ): Promise<SwitchedJourney> {
    return this.switches.turn(caller, slug, 'pause', input);
  }

  @Route(journeyRoutes.resume)
  resume(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Body() input: JourneyReason,
  ): Promise<SwitchedJourney> {
    return this.switches.turn(caller, slug, 'resume', input);
  }

  @Route(journeyRoutes.stop)
  stop(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Body() input: JourneyReason,
  ): Promise<SwitchedJourney> {
    return this.switches.turn(caller, slug, 'stop', input);
  }

  @Route(journeyRoutes.stats)
  stats(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Query() query: JourneyStatsQuery,
  ): Promise<JourneyStats> {
    return this.runs.stats(caller, slug, query);
  }

  @Route(journeyRoutes.start)
  start(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @Body() input: JourneyStartRequest,
  ): Promise<StartedRun> {
    return this.runs.start(caller, slug, input);
  }
}
