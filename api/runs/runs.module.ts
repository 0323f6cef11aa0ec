import { Module } from '@nestjs/common';
import { AheadService } from './ahead/ahead.service.ts';
import { BulkController } from './bulk/bulk.controller.ts';
import { BulkRunner } from './bulk/bulk-runner.ts';
import { BulkService } from './bulk/bulk.service.ts';
import { RunOperationsService } from './run-operations.service.ts';
import { RunsController } from './runs.controller.ts';
import { RunsService } from './runs.service.ts';

/** Every workflow in one list, its timeline, and what can be done to it, one by one and to many. */
@Module({
  controllers: [RunsController, BulkController],
  providers: [RunsService, AheadService, RunOperationsService, BulkService, BulkRunner],
})
export class RunsModule {}
