/** Whether a chain is as it was written: what was altered, removed, slipped in or reordered breaks it. */
import type { Database } from '../db/database.ts';
import type { SecretBox } from '../secrets/index.ts';
import { hashOf, noHash } from './chain.ts';
import { type ChainedEntry, findDataKey, findHead, readEntries } from './store.ts';
import type { Head } from './types.ts';

/** An end of the chain as it was handed out: kept elsewhere, it proves later that nothing up to it was cut or rewritten. */
export interface SignedHead extends Head {
  /** When it was handed out; ISO. */
  at: string;
  signature: string;
}

/** What a look through the whole chain found, in words for people. */
export interface Verdict {
  state: 'whole' | 'broken';
  entries: number;
  /** The first entry that is not as it was written, or is missing. */
  brokenAt?: number;
  words: string;
}

export interface VerifyParts {
  db: Database;
  secretBox: Pick<SecretBox, 'sign' | 'isSigned'>;
}

const batch = 1_000;
const signedFor = 'audit head';
/** From before the first entry to after the last one: a number that no entry has is noticed too. */
const [begin, end] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** Signs the end of the chain as it is now. @throws Error when the data key of the workspace cannot be opened */
export function exportHead(
  { db, secretBox }: VerifyParts,
  workspaceId: string,
  now: Date,
): Promise<SignedHead> {
  return db.inWorkspace(workspaceId, async (tx) => {
    const head = { ...(await findHead(tx, workspaceId)), at: now.toISOString() };
    const dataKey = await findDataKey(tx, workspaceId);
    return { ...head, signature: secretBox.sign({ workspaceId, purpose: signedFor }, textOf(head), dataKey) };
  });
}

const textOf = ({ n, hash, at }: Omit<SignedHead, 'signature'>): string => JSON.stringify([n, hash, at]);

/**
 * Goes through the whole chain, piece by piece, so that a long one is in nobody's way. With a head that was handed out
 * earlier it also finds what the chain cannot tell by itself: a tail that was cut, and a chain that was written anew.
 */
export async function verifyChain(
  { db, secretBox }: VerifyParts,
  workspaceId: string,
  signed?: SignedHead,
): Promise<Verdict> {
  if (signed && !(await isOurs({ db, secretBox }, workspaceId, signed))) return notOurs(signed);
  // Read first: what is added meanwhile comes after it.
  const head = await db.inWorkspace(workspaceId, (tx) => findHead(tx, workspaceId));
  let last: Head = { n: 0, hash: noHash };
  let isProven = signed === undefined || (signed.n === 0 && signed.hash === noHash);
  let isHeadMet = head.n === 0;
  for (let afterN = begin; ; afterN = last.n) {
    const entries = await db.inWorkspace(workspaceId, (tx) =>
      readEntries(tx, workspaceId, { afterN, toN: end, limit: batch }),
    );
    for (const entry of entries) {
      if (!follows(entry, last)) return broken(last.n + 1, alteredWords(last.n + 1));
      last = { n: entry.n, hash: entry.hash };
      if (isSame(last, head)) isHeadMet = true;
      if (signed && isSame(last, signed)) isProven = true;
    }
    if (entries.length < batch) break;
  }
  if (!isProven && signed) return unproven(signed, last);
  if (!isHeadMet) return broken(Math.min(head.n, last.n + 1), cutWords(last.n, head.n));
  return { state: 'whole', entries: last.n, words: wholeWords(last.n, signed) };
}

/** Whether this end was handed out here; cheap, unlike what follows. */
export async function isOurs(
  { db, secretBox }: VerifyParts,
  workspaceId: string,
  signed: SignedHead,
): Promise<boolean> {
  const dataKey = await db.inWorkspace(workspaceId, (tx) => findDataKey(tx, workspaceId));
  const place = { workspaceId, purpose: signedFor };
  return secretBox.isSigned(place, textOf(signed), signed.signature, dataKey);
}

const follows = (entry: ChainedEntry, last: Head): boolean =>
  entry.n === last.n + 1 &&
  entry.previousHash === last.hash &&
  // The database has times without an end, which are no dates.
  entry.at instanceof Date &&
  entry.hash === hashOf(entry, last.hash);

const isSame = (a: Head, b: Head): boolean => a.n === b.n && a.hash === b.hash;

const broken = (brokenAt: number, words: string): Verdict => ({
  state: 'broken',
  entries: brokenAt - 1,
  brokenAt,
  words,
});

const many = (n: number): string => n.toLocaleString('en-US');
const chainOf = (n: number): string => (n === 1 ? 'Chain of 1 entry' : `Chain of ${many(n)} entries`);

function wholeWords(n: number, signed: SignedHead | undefined): string {
  const proof = signed ? ` It holds the exported end at entry ${many(signed.n)}, as it was then.` : '';
  return `${chainOf(n)} is whole.${proof}`;
}

const alteredWords = (n: number): string =>
  `The chain is broken at entry ${many(n)}: it was changed, removed, slipped in or moved after it was written. Entries before it are as they were. Compare with an export or a backup.`;

const cutWords = (last: number, head: number): string =>
  `The chain is broken: its end is written down at entry ${many(head)}, but its entries lead to ${many(last)}. Compare with an export or a backup.`;

function unproven(signed: SignedHead, last: Head): Verdict {
  if (last.n < signed.n) {
    return broken(
      last.n + 1,
      `The exported end names entry ${many(signed.n)}, but the chain ends at ${many(last.n)}: the entries after it are gone. Restoring an older backup does that too.`,
    );
  }
  return broken(
    Math.max(1, signed.n),
    `Entry ${many(signed.n)} is not the one that was exported: it, or entries before it, were written anew.`,
  );
}

const notOurs = ({ n }: Head): Verdict => ({
  state: 'broken',
  entries: n,
  words:
    'The exported end was not signed by this workspace with its key of today: it was changed, it is from elsewhere, or the key was renewed after a loss.',
});
