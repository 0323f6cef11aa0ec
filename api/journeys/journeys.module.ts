import { Module } from '@nestjs/common';
import { DraftsService } from './drafts.service.ts';
import { EntriesController } from './entries/entries.controller.ts';
import { EntriesService } from './entries/entries.service.ts';
import { JourneyRunsService } from './journey-runs.service.ts';
import { JourneysController } from './journeys.controller.ts';
import { LiveJourneysController } from './live-journeys.controller.ts';
import { MoveService } from './move.service.ts';
import { PublishService } from './publish.service.ts';
import { SimulateService } from './simulate.service.ts';
import { SwitchService } from './switch.service.ts';

/** Journeys: drafts, versions, the people in them. */
@Module({
  controllers: [JourneysController, LiveJourneysController, EntriesController],
  providers: [
    DraftsService,
    SimulateService,
    PublishService,
    SwitchService,
    JourneyRunsService,
    MoveService,
    EntriesService,
  ],
})
export class JourneysModule {}
