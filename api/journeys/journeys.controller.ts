import { Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  ListedJourney,
  JourneyDetail,
  JourneyDraft,
  JourneyQuery,
  JourneySlug,
  JourneyToValidate,
  JourneyVerdict,
  SimulationAnswer,
  SimulationRequest,
} from '../../contracts/journeys/journeys-api.schema.ts';
import { pageOf } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { DocumentedBody, JsonBody } from '../http/request/raw-body.ts';
import { DraftsService } from './drafts.service.ts';
import { SimulateService } from './simulate.service.ts';

/** `/v1/journeys`: drafts, and what can be said of them before they are published. */
@ApiTags('Journeys')
@Controller('v1/journeys')
export class JourneysController {
  constructor(
    private readonly drafts: DraftsService,
    private readonly simulations: SimulateService,
  ) {}

  @Get()
  @Operation({ summary: 'Lists journeys, newest first', access: 'journeys:read', answer: pageOf(ListedJourney) })
  list(
    @Caller() caller: Principal,
    @Query({ schema: JourneyQuery }) query: JourneyQuery,
  ): Promise<Page<ListedJourney>> {
    return this.drafts.list(caller, query);
  }

  @Get(':slug')
  @Operation({ summary: 'Shows a journey with its draft', access: 'journeys:read', answer: JourneyDetail })
  show(@Caller() caller: Principal, @Param('slug', { schema: JourneySlug }) slug: string): Promise<JourneyDetail> {
    return this.drafts.show(caller, slug);
  }

  @Put(':slug')
  @Operation({ summary: 'Stores a journey’s draft, valid or not', access: 'journeys:write', answer: JourneyDetail })
  @DocumentedBody(JourneyDraft)
  put(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @JsonBody() body: unknown,
  ): Promise<JourneyDetail> {
    return this.drafts.put(caller, slug, body);
  }

  @Post(':slug/validate')
  @Operation({
    summary: 'Says what keeps a draft from being published',
    access: 'journeys:read',
    answer: JourneyVerdict,
  })
  @DocumentedBody(JourneyToValidate)
  validate(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @JsonBody() body: unknown,
  ): Promise<JourneyVerdict> {
    return this.drafts.validate(caller, slug, body);
  }

  @Post(':slug/simulate')
  @Operation({
    summary: 'Runs a draft on a virtual clock; nothing is sent',
    access: 'journeys:read',
    answer: SimulationAnswer,
  })
  @DocumentedBody(SimulationRequest)
  simulate(
    @Caller() caller: Principal,
    @Param('slug', { schema: JourneySlug }) slug: string,
    @JsonBody() body: unknown,
  ): Promise<SimulationAnswer> {
    return this.simulations.simulate(caller, slug, body);
  }
}
