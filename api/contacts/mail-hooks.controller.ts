import { Controller, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { MailHookAnswer, MailReporter, MailServiceName } from '../../contracts/contacts/mail-hooks-api.schema.ts';
import { mailHookRoutes } from '../../contracts/contacts/mail-hooks.routes.ts';
import type { HookCall } from '../../platform/mail-reports/mail-service.ts';
import { Param, Route } from '../http/route.ts';
import type { ApiRequest } from '../http/caller/principal.ts';
import { MailHooksService } from './mail-hooks.service.ts';

/** Reports of what became of mails: known by their signature or secret, not by a key. */
@ApiTags('Webhooks')
@Controller()
export class MailHooksController {
  constructor(private readonly hooks: MailHooksService) {}

  @Route(mailHookRoutes.returned)
  @ApiBody({ schema: { type: 'object' } })
  returned(@Req() request: ApiRequest): Promise<MailHookAnswer> {
    return this.hooks.returned(callOf(request));
  }

  @Route(mailHookRoutes.service)
  @ApiBody({ schema: { type: 'object' } })
  service(@Req() request: ApiRequest, @Param('service') service: MailServiceName): Promise<MailHookAnswer> {
    return this.hooks.service(service, callOf(request));
  }

  @Route(mailHookRoutes.ofWorkspace)
  @ApiBody({ schema: { type: 'object' } })
  ofWorkspace(
    @Req() request: ApiRequest,
    @Param('workspace') workspaceId: string,
    @Param('reporter') reporter: MailReporter,
  ): Promise<MailHookAnswer> {
    return this.hooks.ofWorkspace(workspaceId, reporter, callOf(request));
  }
}

function callOf({ rawBody, headers }: ApiRequest): HookCall {
  return { body: rawBody ?? Buffer.alloc(0), headers };
}
