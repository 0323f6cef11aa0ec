import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../local/processes/capture.mjs';
import { CliError } from '../support/output.ts';

const version = '1.35.0';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>throughline</groupId>
  <artifactId>time-skipping</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * The path of a program that starts Temporal's time-skipping test server on the port given as its argument, or null where Java
 * or Maven is missing. The server's archive is fetched by Maven into `home`, once.
 * @throws CliError when Maven fails
 */
export async function timeSkippingServer(home: string, tell: (what: string) => void): Promise<string | null> {
  const folder = join(home, `java/test-server-${version}`);
  const program = join(folder, 'start');
  if (!(await works('java', ['-version']))) return null;
  if (existsSync(program)) return program;
  if (!(await works('mvn', ['--version']))) return null;
  tell('fetching it with Maven, once');
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, 'pom.xml'), pom);
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(draft, 'lib')}`];
  const { code, output } = await capture('mvn', ['-q', '-B', '-f', join(draft, 'pom.xml'), ...goal]);
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new CliError(`Maven could not fetch Temporal's test server:\n${output}`);
  }
  // `exec`, so that killing the program kills Java; the SDK gives it 5 s, hence the quick compiler alone.
  const start = `#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -cp '${folder}/lib/*' io.temporal.testserver.TestServer "$1"\n`;
  writeFileSync(join(draft, 'start'), start);
  chmodSync(join(draft, 'start'), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return program;
}

async function works(program: string, args: string[]): Promise<boolean> {
  return capture(program, args).then(
    ({ code }) => code === 0,
    () => false,
  );
}
