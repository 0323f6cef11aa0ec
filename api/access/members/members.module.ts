import { Module } from '@nestjs/common';
import { MembersController } from './members.controller.ts';
import { MembersService } from './members.service.ts';
import { WorkspacesController } from './workspaces.controller.ts';

/** The people of a workspace and their roles. */
@Module({ controllers: [MembersController, WorkspacesController], providers: [MembersService] })
export class MembersModule {}
