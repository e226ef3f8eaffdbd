import type { Scope } from './scopes.ts';

/** Who does something: an API key or a person. */
export interface Actor {
  workspaceId: string;
  /** Id of the stored key; {@link environmentKeyId} for the key of HERALD_API_KEY. Absent for people. */
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
interface Proof {
  /** The workspace demands a second factor, and this session has shown none. */
  lacksSecondFactor: boolean;
  /** The last proof is too old for sensitive changes. */
  isOld: boolean;
}

/** Of the key in HERALD_API_KEY: whoever runs Herald has set it. */
export const environmentKeyId = 'environment';

/** Whoever knows which actor a key stands for. */
export interface KeyAccess {
  /**
   * The actor of an Authorization header; undefined for a key that is unknown, revoked or malformed. Answers at once
   * for keys in use; may reject with DatabaseUnavailable for others.
   */
  authenticate(header: string | undefined): Actor | undefined | Promise<Actor | undefined>;
}

/** The token of an Authorization header (RFC 6750), or undefined. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 512) return undefined;
  return /^bearer +(\S+)$/i.exec(header)?.[1];
}
