import { z } from 'zod';
import { NewMember } from '../../contracts/access/members-api.schema.ts';
import { Slug } from '../../contracts/core/values.schema.ts';
import {
  createSignInLink,
  createWorkspaceOnce,
  ensureMember,
  findMembers,
} from '../../platform/db/access/provisioning.ts';
import { asOperator } from '../support/operator.ts';
import { CliError, note, say } from '../support/output.ts';

/** Prints a sign-in link of a member. @throws CliError where nobody is meant, or more than one membership */
export async function linkMember(email: string, workspace: string | null): Promise<void> {
  await asOperator('tl_owner', async (owner, { PUBLIC_URL: publicUrl }) => {
    const found = (await findMembers(owner, email)).filter(({ slug }) => workspace === null || slug === workspace);
    const [member] = found;
    if (!member)
      throw new CliError(`No member has the address ${email}${workspace === null ? '' : ` in ${workspace}`}.`);
    if (found.length > 1)
      throw new CliError(`Which one? Say --workspace with one of ${found.map(({ slug }) => slug).join(', ')}.`);
    say(`${publicUrl}/sign-in/${await createSignInLink(owner, member)}`);
    note(`It signs ${email} in once, within an hour, and lets them set a password.`);
  });
}

/** Makes a workspace with its first admin and prints the admin's link. @throws CliError where the slug is taken or cannot be one */
export async function createWorkspace(
  slug: string,
  { admin, name = slug, adminName = admin }: { admin: string; name?: string; adminName?: string },
): Promise<void> {
  const given = z.object({ slug: Slug, admin: NewMember.shape.email }).safeParse({ slug, admin });
  if (!given.success) throw new CliError(z.prettifyError(given.error));
  await asOperator('tl_owner', async (owner, { PUBLIC_URL: publicUrl }) => {
    const workspaceId = await createWorkspaceOnce(owner, { slug, name });
    if (workspaceId === null) throw new CliError(`There is a workspace ${slug} already.`);
    const memberId = await ensureMember(owner, { workspaceId, email: admin, name: adminName, roles: ['admin'] });
    say(`${publicUrl}/sign-in/${await createSignInLink(owner, { workspaceId, memberId })}`);
    note(`It signs ${admin} in once, within an hour. Send it to that address, so that it is theirs who gets in.`);
  });
}
