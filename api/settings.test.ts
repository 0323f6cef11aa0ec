import { describe, expect, it } from 'vitest';
import { exposureWarning } from './settings.ts';

describe('what a start warns of (security 17)', () => {
  it.each<[string, string, boolean]>([
    ['0.0.0.0', 'http://127.0.0.1:4400', true],
    ['::', 'http://tl.example', true],
    ['10.0.0.5', 'http://10.0.0.5:4400', true],
    ['0.0.0.0', 'https://tl.example', false],
    ['127.0.0.1', 'http://127.0.0.1:4400', false],
    ['localhost', 'http://localhost:4400', false],
  ])('HOST %s with PUBLIC_URL %s: %s', (HOST, PUBLIC_URL, isWarned) =>
    expect(exposureWarning({ HOST, PUBLIC_URL }) !== null).toBe(isWarned),
  );
});
