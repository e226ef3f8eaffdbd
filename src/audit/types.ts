/** What an entry of the audit is made of. */

/** Who did it: a person, a program with a key, or Herald itself. */
export interface Who {
  kind: 'user' | 'apiKey' | 'system';
  id: string;
  name: string;
}

/** Who asks, from where, and why: what a request gives to the entry of its change. */
export interface By {
  who: Who;
  /** Null for what Herald does by itself. */
  address: string | null;
  reason: string | null;
}

/** What was changed. The name is the one that it had then. */
export interface Target {
  kind:
    | 'apiKey'
    | 'connection'
    | 'delivery'
    | 'email'
    | 'invitation'
    | 'organization'
    | 'recipient'
    | 'singleSignOn'
    | 'user'
    | 'workspace';
  id: string;
  name: string;
}

/** Members of a thing that differ, by name; things in things are kept apart. */
export type Members = { [name: string]: unknown };

/** An entry as it goes into the hash of the chain. */
export interface Entry {
  workspaceId: string;
  /** From 1 without a gap. */
  n: number;
  at: Date;
  who: Who;
  address: string | null;
  action: string;
  target: Omit<Target, 'kind'> & { kind: string };
  before: Members;
  after: Members;
  reason: string | null;
}

/** The end of a chain: how many entries it has, and the hash of the last one. */
export interface Head {
  n: number;
  hash: string;
}
