import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../processes/capture.mjs';

/** The newest version that `go install` takes: from 1.6 on its go.mod holds a local replacement. */
const version = 'v1.5.1';
/** How often the terminal shows what is being compiled. */
const sayEveryMs = 10_000;

/** Builds the CLI with Go, which downloads some 300 modules and compiles them. @throws Error when Go is missing, old or refused */
export async function buildWithGo(draft: string, tell: (what: string) => void): Promise<string> {
  const { output: about } = await capture('go', ['version']).catch(() => {
    throw new Error('Go is not installed');
  });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(about) ?? [];
  if (Number(major) === 1 && Number(minor) < 25) throw new Error(`Go ${major}.${minor} is older than 1.25`);
  tell(`building the Temporal CLI ${version} with Go, once; this may take ten minutes`);
  let lines = 0;
  let saidAt = Date.now();
  const { code, output } = await capture('go', ['install', '-v', `github.com/temporalio/cli/cmd/temporal@${version}`], {
    env: { ...process.env, GOBIN: draft },
    onLine(line) {
      lines += 1;
      if (Date.now() - saidAt < sayEveryMs) return;
      saidAt = Date.now();
      tell(`${line.startsWith('go: ') ? line.slice(4) : `compiling ${line}`} (${lines} packages so far)`);
    },
  });
  if (code !== 0) throw new Error(`go install: ${output.trim().split('\n').at(-1) ?? ''}`);
  const program = join(draft, 'temporal');
  if (!existsSync(program)) throw new Error('Go built no program');
  return program;
}
