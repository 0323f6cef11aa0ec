import type { Command } from 'commander';
import { wholeNumber } from './support/numbers.ts';
import type { BatchRunOptions } from './batch/run-batch.ts';

/** `throughline batch run | list | show | errors | again`. */
export function registerBatch(program: Command): void {
  const batch = program.command('batch').description('document batches: rows, a brief and a template become documents');
  batch
    .command('run')
    .description('start a batch from rows (*.csv), brief.md, template.json, brand.json and options.json')
    .argument('<paths...>', 'a folder that holds them, files, or both: a named file takes the place of the folder’s')
    .option('--watch', 'show its progress until it has ended; exit code 1 unless it completes')
    .option('--download <file>', 'write the archive there at the end; implies --watch')
    .option('--json', 'print the answer as JSON')
    .action(async (paths: string[], options: BatchRunOptions) => {
      const { runBatch } = await import('./batch/run-batch.ts');
      await runBatch(paths, options);
    });
  batch
    .command('list')
    .description('list batches, newest first')
    .option('--limit <number>', 'at most so many, up to 200', wholeNumber(1, 200), 50)
    .option('--json', 'print the answer as JSON')
    .action(async (options: { limit: number; json?: true }) => {
      const { listBatches } = await import('./batch/show-batches.ts');
      await listBatches(options);
    });
  batch
    .command('show')
    .description('show a batch with its progress and its flagged documents')
    .argument('<id>')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, options: { json?: true }) => {
      const { showBatch } = await import('./batch/show-batches.ts');
      await showBatch(id, options.json === true);
    });
  batch
    .command('errors')
    .description('print the rows that got no document, and why, as CSV')
    .argument('<id>')
    .action(async (id: string) => {
      const { printErrors } = await import('./batch/show-batches.ts');
      await printErrors(id);
    });
  batch
    .command('again')
    .description('make the rows again that an ended batch has no document of, as a new batch')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why; it is kept in the audit log')
    .option('--model <name>', 'another model')
    .option('--template <slug@version>', 'another template')
    .action(async (id: string, options: { reason: string; model?: string; template?: string }) => {
      const { makeAgain } = await import('./batch/show-batches.ts');
      await makeAgain(id, options);
    });
}
