/** Single things carry their revision as ETag; a change may say which revision it is meant for (RFC 9110 §13.1.1). */
import type { IncomingHttpHeaders } from 'node:http';

export function setEtag(reply: { header(name: string, value: string): unknown }, revision: number): void {
  reply.header('etag', etagOf(revision));
}

/** Whether a change is meant for this revision: `If-Match` is left out, or names it. */
export function isMeantFor(request: { headers: IncomingHttpHeaders }, revision: number): boolean {
  const given = request.headers['if-match'];
  if (given === undefined || given.trim() === '*') return true;
  return given
    .split(',')
    .map((tag) => tag.trim())
    .includes(etagOf(revision));
}

const etagOf = (revision: number): string => `"${revision}"`;
