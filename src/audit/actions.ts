/** Everything that is recorded, in words that are followed by the name of the thing. */
export const actions = {
  'apiKey.create': 'Made the API key',
  'apiKey.revoke': 'Revoked the API key',
  'connection.create': 'Began the connection',
  'connection.change': 'Changed the connection',
  'connection.remove': 'Removed the connection',
  'connection.credentials': 'Replaced the credentials of',
  'connection.accounts': 'Changed the accounts of',
  'connection.tickets': 'Changed the tickets of',
  'connection.contracts': 'Changed the contracts of',
  'connection.mappings': 'Changed the mappings of',
  'connection.verify': 'Checked the credentials of',
  'connection.refresh': 'Began to load the accounts of',
  'connection.finish': 'Activated',
  'connection.pause': 'Paused',
  'connection.resume': 'Resumed',
  'connection.testTicket': 'Asked for a test ticket in',
  'connection.stop': 'Stopped',
  'connection.forget': 'Forgot the credentials of',
  'invitation.create': 'Invited',
  'invitation.remove': 'Took back the invitation of',
  'delivery.retry': 'Put back in line:',
  'delivery.discard': 'Discarded',
  'organization.create': 'Made the organization',
  'organization.change': 'Changed the organization',
  'organization.remove': 'Removed the organization',
  'organization.assign': 'Assigned a reference to',
  'singleSignOn.create': 'Added the single sign-on',
  'singleSignOn.change': 'Changed the single sign-on',
  'singleSignOn.remove': 'Removed the single sign-on',
  'user.join': 'Took in',
  'user.remove': 'Removed from the workspace:',
  'user.role': 'Changed the role of',
  'workspace.change': 'Changed the workspace',
} as const satisfies Record<string, string>;

/** `thing.verb`. Names stay as they are once there are entries with them. */
export type Action = keyof typeof actions;

/** In words; an entry of a later version keeps its own name. */
export const didWords = (action: string): string => (actions as Record<string, string>)[action] ?? action;
