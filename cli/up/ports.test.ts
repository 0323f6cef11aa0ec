import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testPort } from '../../test/support/ports.ts';
import { choosePorts, type Ports } from './ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'tl-ports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ports that nothing else has, so that this test does not mind what else runs here. */
async function ownPorts(): Promise<Ports> {
  const names = ['api', 'control', 'llm', 'crm', 'payment', 'smtp', 'postgres', 'temporal', 'temporalUi'] as const;
  const ports = {} as Ports;
  for (const name of names) ports[name] = await testPort(name);
  return ports;
}

describe('choosePorts', () => {
  it('keeps its choice over a start, and moves only the program whose port is occupied', async () => {
    const file = join(folder, 'ports.json');
    const wanted = await ownPorts();
    const lines: string[] = [];
    expect(await choosePorts(file, wanted, (line) => lines.push(line))).toEqual(wanted);

    const other = createServer().listen(wanted.control, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const moved = await choosePorts(file, {}, (line) => lines.push(line));
    await new Promise((resolve) => other.close(resolve));
    expect(moved).toEqual({ ...wanted, control: moved.control });
    expect(Object.values(wanted)).not.toContain(moved.control);
    expect(lines).toEqual([
      `Port ${wanted.control} (control) is occupied by another program; ${moved.control} is used instead.`,
    ]);

    expect(await choosePorts(file, {}, (line) => lines.push(line))).toEqual(moved);
    expect(lines).toHaveLength(1);
  });

  it.each(['', '{"api":', '{"api":"x"}'])('does without a file that was cut short: %j', async (text) => {
    const file = join(folder, 'cut.json');
    writeFileSync(file, text);
    const wanted = await ownPorts();
    expect(await choosePorts(file, wanted, () => undefined)).toEqual(wanted);
    expect(existsSync(file)).toBe(true);
  });
});
