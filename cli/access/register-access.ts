import type { Command } from 'commander';

/** `throughline members link`: a way back in for a person whom no admin can let in any more. */
export function registerMembers(program: Command): void {
  program
    .command('members')
    .description('the people of an installation, for its operator')
    .command('link')
    .description('print a one-time link with which a member signs in and sets a password; needs DATABASE_URL')
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
    .description('make a workspace and print the link of its first admin; needs DATABASE_URL')
    .argument('<slug>')
    .requiredOption('--admin <email>', 'the first admin; give the link to this person alone')
    .option('--name <name>', 'what people read; the slug unless given')
    .option('--admin-name <name>', 'the admin’s name; the address unless given')
    .action(async (slug: string, options: { admin: string; name?: string; adminName?: string }) => {
      const { createWorkspace } = await import('./access-commands.ts');
      await createWorkspace(slug, options);
    });
}
