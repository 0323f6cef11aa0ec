import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Problem } from '../../../contracts/http/problem.schema.ts';
import { CONFIG } from '../../http/parts.ts';
import type { ApiConfig } from '../../settings.ts';
import { createSchemaConverter } from './convert-schema.ts';
import { tagWords } from './tags.ts';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

const about = `Scripts send a key, \`Authorization: Bearer tl_…\`; the browser of a person who is signed in sends its cookie.
Every refusal is a problem document (RFC 9457) whose \`code\` is stable. A write with \`Idempotency-Key\` happens once.
Lists give \`nextCursor\`; send it back as \`cursor\` for the next page. 202 means: it is stored and will reach the run.`;

/** Makes the OpenAPI 3.1 document of the whole API from the contracts that its routes name. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Throughline')
    .setDescription(about)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(app.get<ApiConfig>(CONFIG).PUBLIC_URL, 'This installation')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' }, 'key')
    .addCookieAuth('__Host-tl', { type: 'apiKey', in: 'cookie' }, 'session')
    .addSecurityRequirements('key')
    .addSecurityRequirements('session')
    .build();
  const convert = createSchemaConverter();
  const document = SwaggerModule.createDocument(app, settings, {
    standardSchemaConverter: convert,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  const problem = convert(Problem, { schemaType: 'output' });
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, ...problem?.components };
  const operations = Object.values(document.paths).flatMap((path) => methods.flatMap((method) => path[method] ?? []));
  operations.forEach(complete);
  const tags = new Set(operations.flatMap((operation) => operation.tags ?? []));
  document.tags = [...tags].toSorted().map((name) => ({ name, description: tagWords[name] ?? '' }));
  return document;
}

/** Adds what all operations have in common: problem documents, and the header that makes a write happen once. */
function complete(operation: Operation): void {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  operation.responses['4XX'] = { description: 'A refusal: the request cannot be carried out as it is', content };
  operation.responses['default'] = { description: 'A fault on our side, or the database is away', content };
  if (operation.summary !== undefined) operation.description ??= `${operation.summary}.`;
  if (!('x-idempotent' in operation)) return;
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'makes the write happen once, however often it is sent within 7 days',
      schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
    },
  ];
}
