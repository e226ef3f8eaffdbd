/** E-mail settings: servers, subjects, switches, recipients, reviews (req 21–25, 109–120). */
import type { Plugin } from '../http/index.ts';
import type { EmailRouteParts, Slice } from './parts.ts';
import { registerRecipients } from './recipientRoutes.ts';
import { registerReviews } from './reviewRoutes.ts';
import { registerSettings } from './settingsRoutes.ts';
import { registerTable } from './tableRoutes.ts';

export { createEmail } from './email.ts';
export type { Email, EmailParts, EmailRouteParts, Installation, OpenedMail } from './parts.ts';
export { createReviews, type Reviews } from './reviewTurn.ts';
export { forgetMailSecrets } from './settings.ts';
export { hasMailSecrets } from './settingsStore.ts';

export function emailRoutes({ email, ...given }: EmailRouteParts): Plugin {
  const { parts, open, stop, changed } = email;
  const slice: Slice = { ...parts, ...given, open, stop, changed, checks: new Map() };
  return (app) => {
    registerSettings(app, slice);
    registerRecipients(app, slice);
    registerTable(app, slice);
    registerReviews(app, slice);
  };
}
