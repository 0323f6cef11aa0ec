import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, MemberChange, NewMember, SignInLink } from '../../../contracts/access/members-api.schema.ts';
import type { PageQuery } from '../../../contracts/core/values.schema.ts';
import { memberRoutes } from '../../../contracts/access/members.routes.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { MembersService } from './members.service.ts';

/** `/v1/members`. */
@ApiTags('Members')
@Controller()
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Route(memberRoutes.list)
  list(@Caller() caller: Principal, @Query() query: PageQuery): Promise<Page<Member>> {
    return this.members.list(caller, query);
  }

  @Route(memberRoutes.invite)
  invite(@Caller() caller: Principal, @Body() input: NewMember): Promise<Member> {
    return this.members.invite(caller, input);
  }

  @Route(memberRoutes.change)
  change(@Caller() caller: Principal, @Param('id') id: string, @Body() change: MemberChange): Promise<Member> {
    return this.members.change(caller, id, change);
  }

  @Route(memberRoutes.link)
  link(@Caller() caller: Principal, @Param('id') id: string): Promise<SignInLink> {
    return this.members.signInLink(caller, id);
  }

  @Route(memberRoutes.takePassword)
  takePassword(@Caller() caller: Principal, @Param('id') id: string): Promise<void> {
    return this.members.takePassword(caller, id);
  }
}
