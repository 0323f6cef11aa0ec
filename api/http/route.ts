import * as nest from '@nestjs/common';
import { ApiBody, type ApiBodyOptions } from '@nestjs/swagger';
import { z } from 'zod';
import type { AnswerOf, Route as RouteRecord } from '../../contracts/http/route.ts';
import type { ApiRequest } from './caller/principal.ts';
import { Operation } from './operation.ts';

/** A handler that answers what its route promises. */
type Handler<R extends RouteRecord> = R extends { answer: z.ZodType }
  ? (...parts: never[]) => AnswerOf<R> | Promise<AnswerOf<R>>
  : (...parts: never[]) => unknown;

/**
 * Makes a method the handler of a route: its path, who may call it and what the OpenAPI document says come from the route. It takes
 * all that the route has by `@Param`, `@Query` and `@Body` or `@JsonBody` of this file, which get the route's schemas.
 * @throws Error while the controller is loaded, when the method takes other parts of a request than the route has
 */
export function Route<R extends RouteRecord>(
  route: R,
): <H extends Handler<R>>(controller: object, name: string, descriptor: TypedPropertyDescriptor<H>) => void {
  return (controller, name, descriptor) => {
    const parts = partsOf(route);
    for (const { part, decorate } of takenBy(controller, name)) {
      const schema = parts.get(part);
      if (!schema) throw new Error(`${route.method} ${route.path} has no ${part}, which ${name} takes`);
      decorate(schema);
      parts.delete(part);
    }
    for (const part of parts.keys())
      throw new Error(`${route.method} ${route.path} has ${part}, ${name} does not take it`);
    nest.applyDecorators(
      nest.RequestMapping({ path: route.path, method: nest.RequestMethod[route.method] }),
      Operation(route),
    )(controller, name, descriptor);
  };
}

/** Names of parts that no part of a path can have. */
const whole = { query: '(query)', body: '(body)' };

function partsOf({ params = {}, query, body }: RouteRecord): Map<string, z.ZodType> {
  const parts = new Map(Object.entries(params));
  if (query) parts.set(whole.query, query);
  if (body) parts.set(whole.body, body);
  return parts;
}

/** Parameter decorator: a part of the path, read by the route's schema. */
export function Param(name: string): ParameterDecorator {
  return taking(name, (schema) => nest.Param(name, { schema }));
}

/** Parameter decorator: the query, read by the route's schema. */
export function Query(): ParameterDecorator {
  return taking(whole.query, (schema) => nest.Query({ schema }));
}

/** Parameter decorator: the body, read by the route's schema. */
export function Body(): ParameterDecorator {
  return taking(whole.body, (schema) => nest.Body({ schema }));
}

/**
 * Parameter decorator: the JSON body as it was parsed, past the pipe. For handlers that validate each part of a body by itself, or
 * take deeper JSON; they must use `readBody`. The document has the route's schema in place, so it must not refer to itself.
 */
export function JsonBody(): ParameterDecorator {
  return taking(whole.body, (schema) => (controller, name, index) => {
    const method = name === undefined ? undefined : Object.getOwnPropertyDescriptor(controller, name);
    if (name === undefined || !method) return;
    parsedBody(controller, name, index);
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', metadata: z.registry(), cycles: 'throw' });
    // OpenAPI 3.1 takes JSON Schema as it is; the decorator's type is of 3.0.
    ApiBody({ schema: json } as ApiBodyOptions)(controller, name, method);
  });
}

const parsedBody = nest.createParamDecorator(
  (_: unknown, context: nest.ExecutionContext): unknown => context.switchToHttp().getRequest<ApiRequest>().body,
)();

/** A part of the request that a method takes; `decorate` says so to Nest when its schema is known. */
type Taken = { part: string; decorate: (schema: z.ZodType) => void };

const takenKey = 'throughline:taken';

function takenBy(controller: object, name: string | symbol): readonly Taken[] {
  return (Reflect.getOwnMetadata(takenKey, controller, name) as Taken[] | undefined) ?? [];
}

/** Notes what a parameter takes, for the decorator of its method, which is called after those of its parameters. */
function taking(part: string, decorator: (schema: z.ZodType) => ParameterDecorator): ParameterDecorator {
  return (controller, name, index) => {
    if (name === undefined) throw new Error(`A constructor takes no ${part}`);
    const decorate = (schema: z.ZodType): void => decorator(schema)(controller, name, index);
    Reflect.defineMetadata(takenKey, [...takenBy(controller, name), { part, decorate }], controller, name);
  };
}
