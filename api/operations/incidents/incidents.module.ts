import { Module } from '@nestjs/common';
import { IncidentsController } from './incidents.controller.ts';
import { IncidentsService } from './incidents.service.ts';

/** What the system could not settle by itself. */
@Module({ controllers: [IncidentsController], providers: [IncidentsService] })
export class IncidentsModule {}
