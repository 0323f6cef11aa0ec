import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { serveDashboardFiles } from './pages/dashboard/dashboard-files.ts';
import type { ApiParts } from './http/parts.ts';
import { OpenApiService } from './pages/docs/openapi.service.ts';
import { createServer } from './http/server.ts';

/** Builds the API over its parts, ready to `listen` or to take injected requests. `close()` leaves the parts open. */
export async function createApi(parts: ApiParts): Promise<NestFastifyApplication> {
  const app = await createServer(AppModule.with(parts), parts);
  await serveDashboardFiles(app);
  await app.init();
  app.get(OpenApiService).describe(app);
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
