import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { dashboardFolder } from './dashboard-page.ts';

/**
 * Serves the dashboard's files as the build left them, compressed there already; their names change with their contents, so a
 * browser keeps them. Before the application is initialised: a plugin that comes later would start the server without its filters.
 */
export async function serveDashboardFiles(app: NestFastifyApplication): Promise<void> {
  const root = join(dashboardFolder, 'static');
  if (!existsSync(root)) return;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  await fastify.register(fastifyStatic, {
    root,
    prefix: '/static/',
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    decorateReply: false,
    index: false,
  });
}
