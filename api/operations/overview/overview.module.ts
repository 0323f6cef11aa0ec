import { Module } from '@nestjs/common';
import { OverviewController } from './overview.controller.ts';
import { OverviewService } from './overview.service.ts';

/** What needs a person, over all jobs. */
@Module({ controllers: [OverviewController], providers: [OverviewService] })
export class OverviewModule {}
