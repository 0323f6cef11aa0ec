import type { Command } from 'commander';

/** `throughline bench <name>`, which is `npm run bench -- <name>`. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure on real servers; the names are the files test/bench/<name>.bench.ts')
    .argument('<name>')
    .argument('[args...]', 'handed to the bench')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (name: string, args: string[]) => {
      const { runBench } = await import('./bench/run-bench.ts');
      process.exitCode = await runBench(name, args);
    });
}
