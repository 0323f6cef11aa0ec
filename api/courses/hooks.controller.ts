import { Controller, Headers, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { HookAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import { hookRoutes } from '../../contracts/courses/hooks.routes.ts';
import { Param, Route } from '../http/route.ts';
import type { ApiRequest } from '../http/caller/principal.ts';
import { HooksService } from './hooks.service.ts';

/** Webhooks of outside services: known by their signature, not by a key. */
@ApiTags('Webhooks')
@Controller()
export class HooksController {
  constructor(private readonly hooks: HooksService) {}

  @Route(hookRoutes.stripe)
  @ApiBody({ schema: { type: 'object' } })
  stripe(@Req() request: ApiRequest, @Headers('stripe-signature') signature: string | undefined): Promise<HookAnswer> {
    return this.hooks.stripe(request.rawBody ?? Buffer.alloc(0), signature ?? '');
  }

  @Route(hookRoutes.stripeOf)
  @ApiBody({ schema: { type: 'object' } })
  stripeOf(
    @Param('workspace') workspaceId: string,
    @Req() request: ApiRequest,
    @Headers('stripe-signature') signature: string | undefined,
  ): Promise<HookAnswer> {
    return this.hooks.stripeOf(workspaceId, request.rawBody ?? Buffer.alloc(0), signature ?? '');
  }
}
