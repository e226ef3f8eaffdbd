import type { KeyScope } from '../http/index.ts';

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
