import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  ListedJourney,
  JourneyDetail,
  JourneyQuery,
  JourneyVerdict,
  SimulationAnswer,
} from '../../contracts/journeys/journeys-api.schema.ts';
import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import { journeyRoutes } from '../../contracts/journeys/journeys.routes.ts';
import { JsonBody, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { DraftsService } from './drafts.service.ts';
import { SimulateService } from './simulate.service.ts';

/** `/v1/journeys`: drafts, and what can be said of them before they are published. */
@ApiTags('Journeys')
@Controller()
export class JourneysController {
  constructor(
    private readonly drafts: DraftsService,
    private readonly simulations: SimulateService,
  ) {}

  @Route(journeyRoutes.list)
  list(@Caller() caller: Principal, @Query() query: JourneyQuery): Promise<Page<ListedJourney>> {
    return this.drafts.list(caller, query);
  }

  @Route(journeyRoutes.show)
  show(@Caller() caller: Principal, @Param('slug') slug: string): Promise<JourneyDetail> {
    return this.drafts.show(caller, slug);
  }

  @Route(journeyRoutes.put)
  put(@Caller() caller: Principal, @Param('slug') slug: string, @JsonBody() body: unknown): Promise<JourneyDetail> {
    return this.drafts.put(caller, slug, body);
  }

  @Route(journeyRoutes.validate)
  validate(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @JsonBody() body: unknown,
  ): Promise<JourneyVerdict> {
    return this.drafts.validate(caller, slug, body);
  }

  @Route(journeyRoutes.simulate)
  simulate(
    @Caller() caller: Principal,
    @Param('slug') slug: string,
    @JsonBody() body: unknown,
  ): Promise<SimulationAnswer> {
    return this.simulations.simulate(caller, slug, body);
  }

  @Route(journeyRoutes.test)
  test(@Caller() caller: Principal, @Param('slug') slug: string, @JsonBody() body: unknown): Promise<TestMailAsked> {
    return this.simulations.test(caller, slug, body);
  }
}
