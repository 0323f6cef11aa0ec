import { Module } from '@nestjs/common';
import { GatesController } from './gates.controller.ts';
import { GatesService } from './gates.service.ts';

/** Approvals: the inbox and decisions. */
@Module({ controllers: [GatesController], providers: [GatesService] })
export class GatesModule {}
