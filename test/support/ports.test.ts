import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { testPort } from './ports.ts';

it('gives no port twice, not to this process and not to one beside it, and stays below the ports that the kernel gives', async () => {
  const own = [await testPort('one'), await testPort('two')];
  const code = `import { testPort } from ${JSON.stringify(new URL('ports.ts', import.meta.url).href)};
    console.log(await testPort('three'));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  const ports = [...own, Number(stdout)];
  expect(new Set(ports).size).toBe(3);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});
