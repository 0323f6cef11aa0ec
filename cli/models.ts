import type { Command } from 'commander';

/** `throughline models list | test`. */
export function registerModels(program: Command): void {
  const models = program.command('models').description('language models, as the settings of a worker name them');
  models
    .command('list')
    .description('list the models with their prices, those of LLM_MODELS first')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: true }) => {
      const { listModels } = await import('./models/model-commands.ts');
      listModels(options);
    });
  models
    .command('test')
    .description('ask a model a small question, and say what its service takes; costs a few hundred tokens')
    .argument('<name>')
    .action(async (name: string) => {
      const { testModel } = await import('./models/model-commands.ts');
      await testModel(name);
    });
}
