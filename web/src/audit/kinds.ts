/** What is changed, in the words of the filter. */
export const kinds = [
  'connection',
  'organization',
  'email',
  'recipient',
  'delivery',
  'user',
  'invitation',
  'apiKey',
  'singleSignOn',
  'workspace',
] as const;
export type Kind = (typeof kinds)[number];

export const kindLabels: Record<Kind, string> = {
  connection: 'PSA connections',
  organization: 'Organizations',
  email: 'E-mail settings',
  recipient: 'E-mail recipients',
  delivery: 'Deliveries',
  user: 'People',
  invitation: 'Invitations',
  apiKey: 'API keys',
  singleSignOn: 'Single sign-on',
  workspace: 'Workspace',
};
