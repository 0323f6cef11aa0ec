import { Module } from '@nestjs/common';
import { SystemController } from './system.controller.ts';
import { SystemService } from './system.service.ts';

/** The state of the installation, for people who are signed in. */
@Module({ controllers: [SystemController], providers: [SystemService] })
export class SystemModule {}
