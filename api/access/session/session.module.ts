import { Module } from '@nestjs/common';
import { SessionController } from './session.controller.ts';
import { KnownWorkspaces } from './known-workspaces.ts';
import { SessionService } from './session.service.ts';
import { StreamPlace } from './stream-place.ts';

/** Signing in and out, and who one is. */
@Module({ controllers: [SessionController], providers: [SessionService, KnownWorkspaces, StreamPlace] })
export class SessionModule {}
