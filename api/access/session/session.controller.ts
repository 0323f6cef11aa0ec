import { Controller, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Session, SetPassword, SignIn, SwitchWorkspace } from '../../../contracts/access/session-api.schema.ts';
import { sessionRoutes } from '../../../contracts/access/session.routes.ts';
import { Body, Route } from '../../http/route.ts';
import { type ApiRequest, Caller, type Principal } from '../../http/caller/principal.ts';
import { SessionService } from './session.service.ts';

/** `/v1/session`. */
@ApiTags('Session')
@Controller()
export class SessionController {
  constructor(private readonly sessions: SessionService) {}

  @Route(sessionRoutes.show)
  show(@Caller() caller: Principal): Promise<Session> {
    return this.sessions.show(caller);
  }

  @Route(sessionRoutes.signIn)
  signIn(
    @Body() input: SignIn,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.sessions.signIn(input, request, reply);
  }

  @Route(sessionRoutes.signOut)
  signOut(@Caller() caller: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    return this.sessions.signOut(caller, reply);
  }

  @Route(sessionRoutes.switchTo)
  switchTo(
    @Caller() caller: Principal,
    @Body() input: SwitchWorkspace,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.sessions.switchTo(caller, input.workspaceId, request, reply);
  }

  @Route(sessionRoutes.setPassword)
  setPassword(@Caller() caller: Principal, @Body() input: SetPassword): Promise<void> {
    return this.sessions.setPassword(caller, input);
  }
}
