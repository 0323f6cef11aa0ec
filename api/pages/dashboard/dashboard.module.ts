import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller.ts';
import { dashboardFolder, DashboardPage } from './dashboard-page.ts';

/** The dashboard's page, as the build left it. */
@Module({
  controllers: [DashboardController],
  providers: [{ provide: DashboardPage, useFactory: () => new DashboardPage(dashboardFolder) }],
})
export class DashboardModule {}
