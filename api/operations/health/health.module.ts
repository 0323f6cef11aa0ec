import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.ts';
import { HealthService } from './health.service.ts';
import { MetricsService } from './metrics.service.ts';

/** Probes and metrics. */
@Module({ controllers: [HealthController], providers: [HealthService, MetricsService], exports: [HealthService] })
export class HealthModule {}
