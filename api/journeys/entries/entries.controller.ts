import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Entries, EntriesRequest, JourneyPolicy } from '../../../contracts/journeys/entries-api.schema.ts';
import { journeyRoutes } from '../../../contracts/journeys/journeys.routes.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { Body, Param, Route } from '../../http/route.ts';
import { EntriesService } from './entries.service.ts';

/** `/v1/journeys/{slug}/entries`, and what works the runs of who enters by an event. */
@ApiTags('Journeys')
@Controller()
export class EntriesController {
  constructor(private readonly entries: EntriesService) {}

  @Route(journeyRoutes.enter)
  enter(@Caller() caller: Principal, @Param('slug') slug: string, @Body() request: EntriesRequest): Promise<Entries> {
    return this.entries.enter(caller, slug, request);
  }

  @Route(journeyRoutes.policy)
  policy(@Caller() caller: Principal): Promise<JourneyPolicy> {
    return this.entries.policy(caller);
  }

  @Route(journeyRoutes.setPolicy)
  setPolicy(@Caller() caller: Principal, @Body() policy: JourneyPolicy): Promise<JourneyPolicy> {
    return this.entries.setPolicy(caller, policy);
  }
}
