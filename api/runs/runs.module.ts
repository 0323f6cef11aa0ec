import { Module } from '@nestjs/common';
import { RunOperationsService } from './run-operations.service.ts';
import { RunsController } from './runs.controller.ts';
import { RunsService } from './runs.service.ts';

/** Every workflow in one list, its timeline, and what can be done to it. */
@Module({ controllers: [RunsController], providers: [RunsService, RunOperationsService] })
export class RunsModule {}
