/** People, their sessions and how they come in, as the API answers them. */
import { z } from 'zod';
import { revision } from './revision.ts';
import { roles } from './roles.ts';

/** What a person may do. */
export const role = z.enum(roles);
const named = { id: z.string(), name: z.string() };

/** A person in a workspace. */
export const signedIn = z.object({
  user: z.object({ ...named, email: z.string() }),
  workspace: z.object(named),
  workspaces: z.array(z.object({ ...named, role })),
  role,
  secondFactor: z.object({ isDemanded: z.boolean(), isSet: z.boolean() }),
});

/** Who asks, and the ways to sign in. */
export const sessionAnswer = z.object({
  signedIn: signedIn.nullable(),
  options: z.object({
    isFirstStart: z.boolean(),
    demo: z.object({ psaUrl: z.string(), mailUrl: z.string() }).nullable(),
    passkeys: z.boolean(),
    singleSignOn: z.array(z.object(named)),
  }),
});

/** A member of the workspace. */
export const user = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  hasSecondFactor: z.boolean(),
  lastSignInAt: z.string().nullable(),
  createdAt: z.string(),
  revision,
});

/** As administrators see it. */
export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  role,
  invitedBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  isVoid: z.boolean().meta({
    description: 'The API key that made it was revoked: its link works no more. Invite the address again.',
  }),
});

/** With its link, once: when it was made. */
export const newlyMadeInvitation = invitation.extend({ link: z.string() });

/** As the invited sees it. */
export const shownInvitation = z.object({
  workspace: z.object({ name: z.string() }),
  email: z.string(),
  role,
  expiresAt: z.string(),
  hasAccount: z.boolean(),
});

/** One of the sessions of a person. */
export const device = z.object({
  id: z.string(),
  isThis: z.boolean(),
  address: z.string(),
  browser: z.string(),
  signedInAt: z.string(),
  usedAt: z.string(),
});

/** What one has set up for signing in. */
export const profile = z.object({ hasPassword: z.boolean(), hasApp: z.boolean() });

/** What people may do who come without an invitation; null = nobody may come so. */
export const newcomerRole = role.nullable();

/** An identity provider. */
export const signOnProvider = z.object({
  id: z.string(),
  name: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  newcomerRole,
  domains: z.array(z.string()),
  redirectUri: z.string(),
  createdAt: z.string(),
  revision,
});
