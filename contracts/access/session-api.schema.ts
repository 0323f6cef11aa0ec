import { z } from 'zod';
import { permissions, roles } from './access.ts';
import { isCommonPassword } from './common-password.ts';
import { Id, Instant, Slug } from '../core/values.schema.ts';

/** A password: 12 to 200 characters of any kind, and none of those that are guessed first. */
const Password = z
  .string()
  .min(12)
  .max(200)
  .refine(
    (password) => !isCommonPassword(password),
    'is guessed first: use words or characters that do not belong together',
  );

/** Signs in; `workspace` chooses one where the person belongs to several. */
export const SignIn = z
  .strictObject({ email: z.email().max(254), password: z.string().min(1).max(200), workspace: Slug.optional() })
  .meta({ id: 'SignIn' });
/** Signs in. */
export type SignIn = z.infer<typeof SignIn>;

/** Moves the session to another workspace of the same person. */
export const SwitchWorkspace = z.strictObject({ workspaceId: Id }).meta({ id: 'SwitchWorkspace' });
/** Moves the session to another workspace. */
export type SwitchWorkspace = z.infer<typeof SwitchWorkspace>;

/** Sets one's own password; `current` is left out by a person who has none yet. */
export const SetPassword = z
  .strictObject({ current: z.string().min(1).max(200).optional(), next: Password })
  .meta({ id: 'SetPassword' });
/** Sets one's own password. */
export type SetPassword = z.infer<typeof SetPassword>;

/** Asks for a link with which a forgotten password is set anew. */
export const AskPasswordReset = z.strictObject({ email: z.email().max(254) }).meta({ id: 'AskPasswordReset' });
/** Asks for such a link. */
export type AskPasswordReset = z.infer<typeof AskPasswordReset>;

/** Sets a new password, with the token of a mailed link. */
export const NewPassword = z.strictObject({ password: Password }).meta({ id: 'NewPassword' });

/** Makes the first workspace and its admin, once, with the token of the setup link. */
export const Setup = z
  .strictObject({
    workspaceSlug: Slug,
    workspaceName: z.string().min(1).max(100),
    email: z.email().max(254),
    name: z.string().min(1).max(100),
    password: Password,
  })
  .meta({ id: 'Setup' });
/** Makes the first workspace and its admin. */
export type Setup = z.infer<typeof Setup>;

/** A workspace, as its members see it. */
export const Workspace = z
  .strictObject({ id: Id, slug: Slug, name: z.string(), zone: z.string() })
  .meta({ id: 'Workspace' });
/** A workspace. */
export type Workspace = z.infer<typeof Workspace>;

/** The workspaces of a person. */
export const Workspaces = z.strictObject({ items: z.array(Workspace) });
/** The workspaces of a person. */
export type Workspaces = z.infer<typeof Workspaces>;

/** Who is calling, in which workspace, with what rights. */
export const Session = z
  .strictObject({
    workspace: Workspace,
    actor: z.strictObject({ kind: z.enum(['member', 'apiKey']), id: Id, name: z.string() }),
    roles: z.array(z.enum(roles)),
    permissions: z.array(z.enum(permissions)),
    expiresAt: Instant.nullable(),
    lastEventId: z
      .string()
      .describe('where the change stream stands: opened behind it, it sends every change to what is read from here on'),
  })
  .meta({ id: 'Session' });
/** Who is calling. */
export type Session = z.infer<typeof Session>;
