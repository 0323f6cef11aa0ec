import { Module } from '@nestjs/common';
import { ProgressController } from './progress.controller.ts';
import { ProgressService } from './progress.service.ts';

/** Learning progress from outside. */
@Module({ controllers: [ProgressController], providers: [ProgressService] })
export class ProgressModule {}
