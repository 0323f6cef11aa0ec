import { expect, it } from 'vitest';
import { textOf } from './message-text.ts';
import { renderMessage } from './render-message.ts';
import { testCopyOf } from './test-copy.ts';

const own = 'https://app.example/e/abc.DEF-1';
const markdown = '[Your seat]({{ own }}) or <{{ own }}>, [terms](https://example.com/terms "a > b")';

it('makes a test that says so, and in which no link acts', () => {
  const real = renderMessage({ subject: 'Hello', markdown }, { own }, 'https://app.example/u/tok.en');
  expect(real.html).toContain(`href="${own}"`);
  const { subject, html } = testCopyOf(real);
  expect(subject).toBe('[Test] Hello');
  expect(html).not.toMatch(/href|abc|tok\.en/);
  expect(textOf(html)).toBe('Your seat or https://app.example/e/…, terms\n\nUnsubscribe');
});
