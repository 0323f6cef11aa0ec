import { Module } from '@nestjs/common';
import { SegmentsController } from './segments.controller.ts';
import { SegmentsService } from './segments.service.ts';

/** Groups of contacts, each by its rule. */
@Module({ controllers: [SegmentsController], providers: [SegmentsService] })
export class SegmentsModule {}
