import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ApiKey, ApiKeysQuery, CreatedApiKey, NewApiKey } from '../../../contracts/access/api-keys-api.schema.ts';
import { apiKeyRoutes } from '../../../contracts/access/api-keys.routes.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { ApiKeysService } from './api-keys.service.ts';

/** `/v1/api-keys`. */
@ApiTags('API keys')
@Controller()
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Route(apiKeyRoutes.list)
  list(@Caller() caller: Principal, @Query() query: ApiKeysQuery): Promise<Page<ApiKey>> {
    return this.keys.list(caller, query);
  }

  @Route(apiKeyRoutes.create)
  create(@Caller() caller: Principal, @Body() input: NewApiKey): Promise<CreatedApiKey> {
    return this.keys.create(caller, input);
  }

  @Route(apiKeyRoutes.revoke)
  revoke(@Caller() caller: Principal, @Param('id') id: string): Promise<ApiKey> {
    return this.keys.revoke(caller, id);
  }
}
