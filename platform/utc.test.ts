import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = (path: string): string => new URL(path, import.meta.url).href;

/** What a mail says of instants around the nights in which clocks change, made by a process on a machine in a zone. */
function printedOn(machine: string): string[] {
  const program = `
    await import(${JSON.stringify(here('./utc.ts'))});
    const { renderMessage } = await import(${JSON.stringify(here('../domain/messaging/render-message.ts'))});
    const print = (zone, at) => renderMessage({ subject: '{{ at | date: "%H:%M %z" }}', markdown: 'x' }, { at }, null, zone).subject;
    console.log(JSON.stringify([
      print('Europe/Berlin', '2026-03-29T01:00:00Z'),
      print('Europe/Berlin', '2026-11-01T06:30:00Z'),
      print('Australia/Lord_Howe', '2026-04-04T14:45:00Z'),
      print('Australia/Lord_Howe', '2026-04-04T15:15:00Z'),
      print('America/New_York', '2026-03-08T06:59:00Z'),
      print('America/New_York', '2026-11-01T06:30:00Z'),
    ]));`;
  const env = { ...process.env, TZ: machine };
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, encoding: 'utf8' }),
  ) as string[];
}

it.each(['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'])(
  'has a mail say the hour of its reader’s clock on a machine in %s, in the nights in which clocks change',
  (machine) => {
    const expected = ['03:00 +0200', '07:30 +0100', '01:45 +1100', '01:45 +1030', '01:59 -0500', '01:30 -0500'];
    expect(printedOn(machine)).toEqual(expected);
  },
);

it('is what the processes that serve and work begin with', () => {
  for (const main of ['../api/main.ts', '../worker/main.ts'])
    expect(readFileSync(new URL(main, import.meta.url), 'utf8')).toMatch(/^import '\.\.\/platform\/utc\.ts';/);
});
