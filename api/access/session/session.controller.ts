import { Body, Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Session, SetPassword, SignIn, SwitchWorkspace } from '../../../contracts/access/session-api.schema.ts';
import { Operation } from '../../http/operation.ts';
import { type ApiRequest, Caller, type Principal } from '../../http/caller/principal.ts';
import { SessionService } from './session.service.ts';

/** `/v1/session`. */
@ApiTags('Session')
@Controller('v1/session')
export class SessionController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  @Operation({
    summary: 'Says who is calling, in which workspace, with what rights',
    access: 'signedIn',
    answer: Session,
  })
  show(@Caller() caller: Principal): Promise<Session> {
    return this.sessions.show(caller);
  }

  @Post()
  @Operation({ summary: 'Signs in with e-mail and password', access: 'public', answer: Session, status: 201 })
  signIn(
    @Body({ schema: SignIn }) input: SignIn,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.sessions.signIn(input, request, reply);
  }

  @Delete()
  @Operation({ summary: 'Signs out', access: 'signedIn' })
  signOut(@Caller() caller: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    return this.sessions.signOut(caller, reply);
  }

  @Post('workspace')
  @Operation({ summary: 'Moves to another workspace of the same person', access: 'signedIn', answer: Session })
  switchTo(
    @Caller() caller: Principal,
    @Body({ schema: SwitchWorkspace }) input: SwitchWorkspace,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.sessions.switchTo(caller, input.workspaceId, request, reply);
  }

  @Put('password')
  @Operation({ summary: 'Sets one’s own password and ends one’s other sessions', access: 'signedIn' })
  setPassword(@Caller() caller: Principal, @Body({ schema: SetPassword }) input: SetPassword): Promise<void> {
    return this.sessions.setPassword(caller, input);
  }
}
