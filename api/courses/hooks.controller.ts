import { Controller, Headers, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { HookAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import { Operation } from '../http/operation.ts';
import type { ApiRequest } from '../http/caller/principal.ts';
import { HooksService } from './hooks.service.ts';

/** Webhooks of outside services: known by their signature, not by a key. */
@ApiTags('Webhooks')
@Controller('hooks')
export class HooksController {
  constructor(private readonly hooks: HooksService) {}

  @Post('stripe')
  @Operation({ summary: 'Takes in a payment event; the same event counts once', access: 'public', answer: HookAnswer })
  @ApiBody({ schema: { type: 'object' } })
  stripe(@Req() request: ApiRequest, @Headers('stripe-signature') signature: string | undefined): Promise<HookAnswer> {
    return this.hooks.stripe(request.rawBody ?? Buffer.alloc(0), signature ?? '');
  }
}
