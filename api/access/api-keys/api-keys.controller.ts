import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiKey, CreatedApiKey, NewApiKey } from '../../../contracts/access/api-keys-api.schema.ts';
import { Id, pageOf, PageQuery } from '../../../contracts/core/values.schema.ts';
import { Operation } from '../../http/operation.ts';
import type { Page } from '../../http/request/paging.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { ApiKeysService } from './api-keys.service.ts';

/** `/v1/api-keys`. */
@ApiTags('API keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Operation({ summary: 'Lists the keys, newest first', access: 'keys:read', answer: pageOf(ApiKey) })
  list(@Caller() caller: Principal, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<ApiKey>> {
    return this.keys.list(caller, query);
  }

  @Post()
  @Operation({
    summary: 'Makes a key; the answer shows its secret this once',
    access: 'keys:write',
    answer: CreatedApiKey,
    status: 201,
  })
  create(@Caller() caller: Principal, @Body({ schema: NewApiKey }) input: NewApiKey): Promise<CreatedApiKey> {
    return this.keys.create(caller, input);
  }

  @Delete(':id')
  @Operation({ summary: 'Revokes a key for good', access: 'keys:write', answer: ApiKey })
  revoke(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<ApiKey> {
    return this.keys.revoke(caller, id);
  }
}
