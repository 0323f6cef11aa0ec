import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { freePort, isPortFree } from '../../local/ports.ts';

/** The ports of the local stack, as they are the first time where nothing else has them. */
const usualPorts = {
  api: 4400,
  control: 4410,
  llm: 4411,
  crm: 4412,
  payment: 4413,
  smtp: 1025,
  postgres: 5433,
  temporal: 7233,
  temporalUi: 8233,
};

/** The port of each program of the local stack. */
export type Ports = Record<keyof typeof usualPorts, number>;

const Remembered = z.partialRecord(z.string(), z.number().int().min(1).max(65_535));

/**
 * Chooses a port for each program: the one asked for, else the one it had last time, else the usual one; where that is
 * occupied the next free one, which is reported to `tell`. The choice is kept in `file`, so that links in mails sent
 * earlier still work.
 */
export async function choosePorts(file: string, asked: Partial<Ports>, tell: (line: string) => void): Promise<Ports> {
  const wanted = { ...usualPorts, ...remembered(file), ...asked };
  const names = Object.keys(usualPorts) as (keyof Ports)[];
  // Who finds its own port free gets it, before the others look for the next free one.
  const areFree = await Promise.all(names.map((name) => isPortFree(wanted[name])));
  const displaced = names.filter((_, index) => areFree[index] !== true);
  const ports = { ...wanted };
  const taken = new Set(names.filter((name) => !displaced.includes(name)).map((name) => wanted[name]));
  for (const name of displaced) {
    ports[name] = await freePort(wanted[name], taken);
    taken.add(ports[name]);
    tell(`Port ${wanted[name]} (${name}) is occupied by another program; ${ports[name]} is used instead.`);
  }
  writeFileSync(file, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

function remembered(file: string): Partial<Ports> {
  if (!existsSync(file)) return {};
  try {
    return Remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A file that was cut short says nothing; the usual ports do.
    return {};
  }
}
