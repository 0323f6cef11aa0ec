import type { Command } from 'commander';
import { say } from './support/output.ts';

/** `throughline build`: the launcher has built already when a command runs, so this one only says so. */
export function registerBuild(program: Command): void {
  program
    .command('build')
    .description('install and build what is missing')
    .action(() => say('dist/ is up to date.'));
}
