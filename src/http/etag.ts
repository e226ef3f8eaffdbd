/** Single things carry their revision as ETag; a change may say which revision it is meant for (RFC 9110 §13.1.1). */
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../errors.ts';

export function setEtag(reply: { header(name: string, value: string): unknown }, revision: number): void {
  reply.header('etag', etagOf(revision));
}

/**
 * Call it inside the transaction of the change, on the revision that the row has now.
 * @throws Problem 412 when `If-Match` is given and names another revision
 */
export function checkIfMatch(request: { headers: IncomingHttpHeaders }, revision: number): void {
  const given = request.headers['if-match'];
  if (given === undefined || given.trim() === '*') return;
  const tags = given.split(',').map((tag) => tag.trim());
  if (tags.includes(etagOf(revision))) return;
  throw new Problem(
    412,
    'changedMeanwhile',
    'It was changed meanwhile. Load it again and repeat the change.',
  );
}

const etagOf = (revision: number): string => `"${revision}"`;
