import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SearchAnswer, SearchQuery } from '../../../contracts/operations/search-api.schema.ts';
import { searchRoutes } from '../../../contracts/operations/search.routes.ts';
import { Query, Route } from '../../http/route.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { SearchService } from './search.service.ts';

/** `/v1/search`. */
@ApiTags('Search')
@Controller()
export class SearchController {
  constructor(private readonly found: SearchService) {}

  @Route(searchRoutes.search)
  search(@Caller() caller: Principal, @Query() query: SearchQuery): Promise<SearchAnswer> {
    return this.found.search(caller, query);
  }
}
