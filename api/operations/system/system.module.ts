import { Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module.ts';
import { SystemController } from './system.controller.ts';
import { SystemService } from './system.service.ts';

/** The state of the installation, for people who are signed in. */
@Module({ imports: [HealthModule], controllers: [SystemController], providers: [SystemService] })
export class SystemModule {}
