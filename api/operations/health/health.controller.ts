import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Liveness, Readiness } from '../../../contracts/operations/health-api.schema.ts';
import { Operation } from '../../http/operation.ts';
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

  @Get('health/live')
  @Operation({ summary: 'Says that the process answers', access: 'public', answer: Liveness })
  live(): Liveness {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Operation({
    summary: 'Says whether every part is there; 503 when one is unavailable',
    access: 'public',
    answer: Readiness,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    if (readiness.status === 'unavailable') reply.status(503);
    return readiness;
  }

  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Operation({ summary: 'Gives Prometheus metrics', access: 'public', produces: 'text/plain' })
  show(): Promise<string> {
    return this.metrics.text();
  }
}
