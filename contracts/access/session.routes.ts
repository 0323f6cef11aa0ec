import { AskPasswordReset, Session, SetPassword, SignIn, SwitchWorkspace, Workspaces } from './session-api.schema.ts';
import { defineRoute } from '../http/route.ts';

/** The endpoints of `/v1/session`, and the workspaces that it can move to. */
export const sessionRoutes = {
  show: defineRoute({
    method: 'GET',
    path: '/v1/session',
    summary: 'Says who is calling, in which workspace, with what rights',
    access: 'signedIn',
    answer: Session,
  }),
  signIn: defineRoute({
    method: 'POST',
    path: '/v1/session',
    summary: 'Signs in with e-mail and password',
    access: 'public',
    body: SignIn,
    answer: Session,
    status: 201,
  }),
  signOut: defineRoute({
    method: 'DELETE',
    path: '/v1/session',
    summary: 'Signs out',
    access: 'signedIn',
  }),
  switchTo: defineRoute({
    method: 'POST',
    path: '/v1/session/workspace',
    summary: 'Moves to another workspace of the same person',
    access: 'signedIn',
    body: SwitchWorkspace,
    answer: Session,
  }),
  setPassword: defineRoute({
    method: 'PUT',
    path: '/v1/session/password',
    summary: 'Sets one’s own password and ends one’s other sessions',
    access: 'signedIn',
    body: SetPassword,
  }),
  askPasswordReset: defineRoute({
    method: 'POST',
    path: '/v1/session/password-reset',
    summary:
      'Mails a link for a new password to the member who has the address; the answer is the same where nobody has it',
    access: 'public',
    body: AskPasswordReset,
  }),
  workspaces: defineRoute({
    method: 'GET',
    path: '/v1/workspaces',
    summary: 'Lists the workspaces one belongs to',
    access: 'signedIn',
    answer: Workspaces,
  }),
};
