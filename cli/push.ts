import type { Command } from 'commander';

/** `throughline push [files...]`: stores journeys and templates, and publishes the journeys. */
export function registerPush(program: Command): void {
  program
    .command('push')
    .description('store templates and journeys from code, and publish the journeys')
    .argument(
      '[paths...]',
      'files, or folders with journeys and a folder templates/ (default: journeys/, else examples/journeys/)',
    )
    .option('--draft', 'store the drafts without publishing them')
    .option('--json', 'print the result as JSON')
    .action(async (paths: string[], options: { draft?: true; json?: true }) => {
      const { runPush } = await import('./push/run-push.ts');
      process.exitCode = await runPush(paths, { isDraft: options.draft === true, isJson: options.json === true });
    });
}
