import type { Scope } from './scopes.ts';

/** Who does something: an API key. */
export interface Actor {
  workspaceId: string;
  /** Id of the stored key; `environment` for the key of HERALD_API_KEY. */
  keyId: string;
  name: string;
  scopes: readonly Scope[];
  /** Alerts sent with this key are of this source, whatever they say. */
  source?: string;
}

/** A stored key as it is listed: never the key itself. */
export interface ApiKey {
  id: string;
  name: string;
  /** The first characters, to recognise it by. */
  prefix: string;
  scopes: Scope[];
  source: string | null;
  createdAt: string;
}
