import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { commands } from './commands.ts';
import { CliError, sentence } from './support/output.ts';
import { root } from './support/root.ts';

// Settings of one's own; what the environment sets already wins.
if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));

const program = new Command('throughline')
  .description('Workflow orchestration on durable execution: marketing journeys, course enrollments, document batches.')
  .showHelpAfterError()
  .enablePositionalOptions();
for (const register of commands) register(program);

// The launcher holds the other end of this channel. Where it was killed, the command ends as if it had been asked to.
if (process.env['THROUGHLINE_LAUNCHED'] === '1' && process.channel) {
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

try {
  await program.parseAsync();
} catch (error) {
  // Here alone, as the settings' schema is most of what a command would load at its start.
  const { ConfigError } = await import('../platform/config.ts');
  const isExplained = error instanceof CliError || error instanceof ConfigError || isDiskFull(error);
  console.error(isExplained ? sentence(error) : error);
  process.exitCode = 1;
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}
