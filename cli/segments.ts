import type { Command } from 'commander';

/** `throughline segments list | show | push | preview`. */
export function registerSegments(program: Command): void {
  const segments = program.command('segments').description('segments on the server');
  segments
    .command('list')
    .description('list segments with how many are in them')
    .action(async () => {
      const { listSegments } = await import('./segments/segment-commands.ts');
      await listSegments();
    });
  segments
    .command('show')
    .description('print a segment; with a contact, say whether they are in it and why')
    .argument('<slug>')
    .option('--contact <externalId>', 'whose standing is asked for')
    .action(async (slug: string, options: { contact?: string }) => {
      const { showSegment } = await import('./segments/segment-commands.ts');
      await showSegment(slug, options);
    });
  segments
    .command('push')
    .description('make or replace the segments of JSON files: { "slug", "name", "rule" }')
    .argument('<files...>')
    .action(async (files: string[]) => {
      const { pushSegments } = await import('./segments/segment-commands.ts');
      await pushSegments(files);
    });
  segments
    .command('preview')
    .description('count whom the rule of a JSON file means now, and name ten of them; changes nothing')
    .argument('<file>')
    .action(async (file: string) => {
      const { previewSegment } = await import('./segments/segment-commands.ts');
      await previewSegment(file);
    });
}
