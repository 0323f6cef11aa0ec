import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  Connection,
  ConnectionCredentials,
  ConnectionService,
  ConnectionTest,
  RemoveConnectionQuery,
} from '../../../contracts/access/connections-api.schema.ts';
import { connectionRoutes } from '../../../contracts/access/connections.routes.ts';
import { Caller, type Principal } from '../../http/caller/principal.ts';
import { Body, Param, Query, Route } from '../../http/route.ts';
import { ConnectionsService } from './connections.service.ts';

/** `/v1/connections`. */
@ApiTags('Connections')
@Controller()
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  @Route(connectionRoutes.list)
  list(@Caller() caller: Principal): Promise<{ items: Connection[] }> {
    return this.connections.list(caller);
  }

  @Route(connectionRoutes.put)
  put(
    @Caller() caller: Principal,
    @Param('service') service: ConnectionService,
    @Body() credentials: ConnectionCredentials,
  ): Promise<Connection> {
    return this.connections.put(caller, service, credentials);
  }

  @Route(connectionRoutes.test)
  test(@Caller() caller: Principal, @Param('service') service: ConnectionService): Promise<ConnectionTest> {
    return this.connections.test(caller, service);
  }

  @Route(connectionRoutes.remove)
  remove(
    @Caller() caller: Principal,
    @Param('service') service: ConnectionService,
    @Query() query: RemoveConnectionQuery,
  ): Promise<void> {
    return this.connections.remove(caller, service, query);
  }
}
