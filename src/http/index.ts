/** What slices use to declare their routes. */
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
export type { Plugin } from './server.ts';
export { idParams, idText, typed } from './typed.ts';
