import type { SignOnRefusal } from './routes.ts';

/** Why a single sign-on signed nobody in, and what to do. */
export const refusalInWords: Readonly<Record<SignOnRefusal, string>> = {
  unreachable: 'Herald could not reach the place where you sign in. Try again in a minute.',
  tooLate: 'That took too long, or it was begun in another browser. Try again.',
  notProven:
    'The answer of the place where you sign in was not accepted. Tell an administrator of your Herald.',
  declined: 'You did not sign in there, or were not let through. Try again, or sign in another way.',
  unknown: 'Nobody here knows you yet. Ask an administrator for an invitation.',
  noWorkspace:
    'You proved who you are, but you do not belong to a workspace here. Ask an administrator to invite you.',
  noEmail: 'Your account there has no e-mail address, and Herald needs one.',
  addressTaken:
    'Somebody has an account here with your e-mail address. Sign in with its password, or ask an administrator.',
  invitationGone: 'The invitation was used, taken back, or is older than seven days. Ask for a new one.',
  invitationVoid:
    'The invitation was made with an API key that has been revoked. Ask an administrator to invite you again.',
};
