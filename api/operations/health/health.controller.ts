import { Controller, Header, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Liveness, Readiness } from '../../../contracts/operations/health-api.schema.ts';
import { healthRoutes } from '../../../contracts/operations/health.routes.ts';
import { Route } from '../../http/route.ts';
import { HealthService } from './health.service.ts';
import { MetricsService } from './metrics.service.ts';

/**
 * Probes and metrics: for machines in the internal network, so they need no key; a proxy must keep them from the outside.
 */
@ApiTags('Health')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly metrics: MetricsService,
  ) {}

  @Route(healthRoutes.live)
  live(): Liveness {
    return { status: 'ok' };
  }

  @Route(healthRoutes.ready)
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    if (readiness.status === 'unavailable') reply.status(503);
    return readiness;
  }

  @Route(healthRoutes.metrics)
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  show(): Promise<string> {
    return this.metrics.text();
  }
}
