import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SearchAnswer, SearchQuery } from '../../../contracts/operations/search-api.schema.ts';
import { Operation } from '../../http/operation.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { SearchService } from './search.service.ts';

/** `/v1/search`. */
@ApiTags('Search')
@Controller('v1/search')
export class SearchController {
  constructor(private readonly found: SearchService) {}

  @Get()
  @Operation({ summary: 'Finds people, journeys, courses, batches and runs', access: 'signedIn', answer: SearchAnswer })
  search(@Caller() caller: Principal, @Query({ schema: SearchQuery }) query: SearchQuery): Promise<SearchAnswer> {
    return this.found.search(caller, query);
  }
}
