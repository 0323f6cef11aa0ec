import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Workspace } from '../../../contracts/access/session-api.schema.ts';
import { Operation } from '../../http/operation.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { MembersService } from './members.service.ts';

const Workspaces = z.strictObject({ items: z.array(Workspace) });

/** `/v1/workspaces`. */
@ApiTags('Session')
@Controller('v1/workspaces')
export class WorkspacesController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Operation({ summary: 'Lists the workspaces one belongs to', access: 'signedIn', answer: Workspaces })
  list(@Caller() caller: Principal): Promise<z.infer<typeof Workspaces>> {
    return this.members.workspaces(caller);
  }
}
