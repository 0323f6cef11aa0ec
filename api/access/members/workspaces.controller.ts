import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Workspaces } from '../../../contracts/access/session-api.schema.ts';
import { sessionRoutes } from '../../../contracts/access/session.routes.ts';
import { Route } from '../../http/route.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { MembersService } from './members.service.ts';

/** `/v1/workspaces`. */
@ApiTags('Session')
@Controller()
export class WorkspacesController {
  constructor(private readonly members: MembersService) {}

  @Route(sessionRoutes.workspaces)
  list(@Caller() caller: Principal): Promise<Workspaces> {
    return this.members.workspaces(caller);
  }
}
