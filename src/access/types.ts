import type { KeyScope, Scope } from './scopes.ts';

/** Who does something: an API key or a person. */
export interface Actor {
  workspaceId: string;
  /** Id of the stored key; `environment` for the key of HERALD_API_KEY. Absent for people. */
  keyId?: string;
  /** Present for people. */
  userId?: string;
  name: string;
  scopes: readonly Scope[];
  /** Alerts sent with this key are of this source, whatever they say. */
  source?: string;
  /** Of people: how well they have proved who they are. */
  proof?: Proof;
}

/** What a session still lacks. */
export interface Proof {
  /** The workspace demands a second factor, and this session has shown none. */
  lacksSecondFactor: boolean;
  /** The last proof is too old for sensitive changes. */
  isOld: boolean;
}

/** A stored key as it is listed: never the key itself. */
export interface ApiKey {
  id: string;
  name: string;
  /** The first characters, to recognise it by. */
  prefix: string;
  scopes: KeyScope[];
  source: string | null;
  createdAt: string;
}
