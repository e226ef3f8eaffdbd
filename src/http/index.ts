/** What slices use to declare their routes, and the words for who asks. */
export { type Actor, bearerToken, environmentKeyId, type KeyAccess } from './actor.ts';
export { keepRawBodies } from './body.ts';
export { isMeantFor, setEtag } from './etag.ts';
export {
  flagQuery,
  likePattern,
  pagedList,
  pageOf,
  pageQuery,
  readCursor,
  searchQuery,
  toPage,
  writeCursor,
} from './paging.ts';
export { readBody } from './readBody.ts';
export { recentSignInNeeded, secondFactorNeeded, signInNeeded } from './refusals.ts';
export { type KeyScope, type Scope, scopes } from './scopes.ts';
export type { Plugin } from './server.ts';
export { idParams, idText, typed } from './typed.ts';
export { toFieldErrors } from './validation.ts';
