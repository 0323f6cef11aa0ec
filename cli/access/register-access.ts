import type { Command } from 'commander';

/** `throughline members link`: a way back in for a person whom no admin can let in any more. */
export function registerMembers(program: Command): void {
  program
    .command('members')
    .description('the people of an installation, for its operator')
    .command('link')
    .description('print a one-time link with which a member signs in and sets a password')
    .argument('<email>')
    .option('--workspace <slug>', 'the workspace, where the person belongs to several')
    .action(async (email: string, options: { workspace?: string }) => {
      const { linkMember } = await import('./access-commands.ts');
      await linkMember(email, options.workspace ?? null);
    });
}

/** `throughline workspaces create`: one more workspace with its first admin. */
export function registerWorkspaces(program: Command): void {
  program
    .command('workspaces')
    .description('the workspaces of an installation, for its operator')
    .command('create')
    .description('make a workspace and print the link of its first admin')
    .argument('<slug>')
    .requiredOption('--admin <email>', 'the first admin; give the link to this person alone')
    .option('--name <name>', 'what people read; the slug unless given')
    .option('--admin-name <name>', 'the admin’s name; the address unless given')
    .action(async (slug: string, options: { admin: string; name?: string; adminName?: string }) => {
      const { createWorkspace } = await import('./access-commands.ts');
      await createWorkspace(slug, options);
    });
}

/** `throughline keys rotate | forget`: a new master key, and the end of one of before. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('the master keys of an installation, for its operator');
  keys
    .command('rotate')
    .description(
      'bring everything stored under THROUGHLINE_KEY, reading by THROUGHLINE_OLD_KEYS; may be ended and run again',
    )
    .action(async () => {
      const { rotateKeys } = await import('./key-commands.ts');
      await rotateKeys();
    });
  keys
    .command('forget')
    .description('end a key of before that is lost or known to others, and say what goes with it')
    .argument('<id>', 'as a start or `keys rotate` names it')
    .option('--yes', 'do it')
    .action(async (id: string, options: { yes?: boolean }) => {
      const { forgetOldKey } = await import('./key-commands.ts');
      await forgetOldKey(id, options.yes ?? false);
    });
}
