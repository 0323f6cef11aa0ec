import { expect, it } from 'vitest';
import { openApiFaults } from '../support/openapi-rules.ts';
import { useTestApi } from '../support/use-test-api.ts';

const { api } = useTestApi();

it('the OpenAPI document keeps the rules of redocly and spectral that a change can break (security 17f, issue 13 §3)', async () => {
  const { text, json } = await api.call({ url: '/v1/openapi.json' });
  expect(openApiFaults(json)).toEqual([]);
  const faults = (from: string, to: string): string => {
    expect(text).toContain(from);
    return openApiFaults(JSON.parse(text.replace(from, to))).join('\n');
  };
  expect(faults('"name":"Audit","description"', '"name":"Audit","x-none"')).toContain('tag-description: Audit');
  expect(faults('"operationId"', '"x-none"')).toContain('operation-operationId: ');
  expect(faults('"summary"', '"x-none"')).toContain('operation-summary: ');
  expect(faults('"license"', '"x-none"')).toContain('info-license');
  expect(faults('"servers"', '"x-none"')).toContain('no-empty-servers');
  expect(faults('"$ref":"#/components/schemas/', '"$ref":"#/components/schemas/x-')).toContain(
    'no-unresolved-refs: #/',
  );
});
