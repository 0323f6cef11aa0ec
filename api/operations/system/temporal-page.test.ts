import { expect, it } from 'vitest';
import { temporalPage } from './temporal-page.ts';

it.each([
  ['http://127.0.0.1:8233', 'default', 'http://127.0.0.1:8233/namespaces/default'],
  ['https://cloud.temporal.io/', 'shop.a1b2c', 'https://cloud.temporal.io/namespaces/shop.a1b2c'],
  ['https://ops.example/temporal/', 'live/eu', 'https://ops.example/temporal/namespaces/live%2Feu'],
  ['', 'default', null],
])('leads to the namespace that is set, at %s in %s', (TEMPORAL_UI_URL, TEMPORAL_NAMESPACE, page) => {
  expect(temporalPage({ TEMPORAL_UI_URL, TEMPORAL_NAMESPACE })).toBe(page);
});
