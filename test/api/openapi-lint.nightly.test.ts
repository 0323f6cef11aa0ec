import { expect, it } from 'vitest';
import { lintOpenApi } from '../support/openapi-linters.ts';
import { useTestApi } from '../support/use-test-api.ts';

const { api } = useTestApi();

it('the OpenAPI document is clean by the rules that redocly and spectral recommend (security 17f)', async () => {
  const { text } = await api.call({ url: '/v1/openapi.json' });
  expect(await lintOpenApi(text)).toEqual([]);
  // It is read: a document with a fault is not clean.
  const faults = (await lintOpenApi(text.replace('"name":"Audit","description"', '"name":"Audit","x-none"'))).join(
    '\n',
  );
  expect(faults).toContain('redocly tag-description');
  const untitled = (await lintOpenApi(text.replace('"title":"Throughline"', '"title":7'))).join('\n');
  expect(untitled).toContain('spectral oas3-schema');
}, 600_000);
