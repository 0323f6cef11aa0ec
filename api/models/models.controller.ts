import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Model, ModelChange, ModelPolicy, Models, ModelTrial } from '../../contracts/models/models-api.schema.ts';
import { modelRoutes } from '../../contracts/models/models.routes.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { Body, Param, Route } from '../http/route.ts';
import { ModelsService } from './models.service.ts';

/** `/v1/models`. */
@ApiTags('Models')
@Controller()
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Route(modelRoutes.list)
  list(@Caller() caller: Principal): Promise<Models> {
    return this.models.list(caller);
  }

  @Route(modelRoutes.put)
  put(@Caller() caller: Principal, @Param('name') name: string, @Body() change: ModelChange): Promise<Model> {
    return this.models.put(caller, name, change);
  }

  @Route(modelRoutes.remove)
  remove(@Caller() caller: Principal, @Param('name') name: string): Promise<void> {
    return this.models.remove(caller, name);
  }

  @Route(modelRoutes.test)
  test(@Caller() caller: Principal, @Param('name') name: string): Promise<ModelTrial> {
    return this.models.test(caller, name);
  }

  @Route(modelRoutes.trial)
  trial(@Caller() caller: Principal, @Param('name') name: string): Promise<ModelTrial> {
    return this.models.trial(caller, name);
  }

  @Route(modelRoutes.setPolicy)
  setPolicy(@Caller() caller: Principal, @Body() policy: ModelPolicy): Promise<ModelPolicy> {
    return this.models.setPolicy(caller, policy);
  }
}
