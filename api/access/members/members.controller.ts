import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Member, MemberChange, NewMember, SignInLink } from '../../../contracts/access/members-api.schema.ts';
import { Id, pageOf, PageQuery } from '../../../contracts/core/values.schema.ts';
import { Operation } from '../../http/operation.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { MembersService } from './members.service.ts';

/** `/v1/members`. */
@ApiTags('Members')
@Controller('v1/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Operation({ summary: 'Lists the members, newest first', access: 'members:read', answer: pageOf(Member) })
  list(@Caller() caller: Principal, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<Member>> {
    return this.members.list(caller, query);
  }

  @Post()
  @Operation({
    summary: 'Makes a person a member',
    access: 'members:write',
    answer: Member,
    status: 201,
    idempotent: true,
  })
  invite(@Caller() caller: Principal, @Body({ schema: NewMember }) input: NewMember): Promise<Member> {
    return this.members.invite(caller, input);
  }

  @Patch(':id')
  @Operation({ summary: 'Changes a member’s roles, or disables the member', access: 'members:write', answer: Member })
  change(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: MemberChange }) change: MemberChange,
  ): Promise<Member> {
    return this.members.change(caller, id, change);
  }

  @Post(':id/sign-in-links')
  @Operation({
    summary: 'Makes a one-time link with which the member signs in',
    access: 'members:write',
    answer: SignInLink,
    status: 201,
  })
  link(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<SignInLink> {
    return this.members.signInLink(caller, id);
  }
}
