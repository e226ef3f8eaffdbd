/** The Idempotency-Key header (promise P2): the same request again gets the same answer, another one under it is refused. */
import { createHash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { Problem } from '../errors.ts';

/** What makes a request the same again: the same bytes, read in the same format. */
export interface IdempotentRequest {
  format: string;
  body: Buffer;
}

export interface IdempotencyKeys {
  /**
   * Notes the request under its key, or answers what was answered before. A request that broke off unanswered is
   * simply done again: its alerts are known by their ids.
   * @throws Problem 409 when the key was used for another request within 24 hours
   */
  claim(workspaceId: string, key: string, request: IdempotentRequest): Promise<string | undefined>;
  keep(workspaceId: string, key: string, answer: string): Promise<void>;
}

const longestKey = 255;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export function createIdempotencyKeys(db: Database): IdempotencyKeys {
  return {
    async claim(workspaceId, key, { format, body }) {
      if (key === '' || key.length > longestKey) {
        throw new Problem(
          400,
          'invalidIdempotencyKey',
          `Idempotency-Key takes 1 to ${longestKey} characters.`,
        );
      }
      const requestHash = createHash('sha256').update(`${format}\n`).update(body).digest();
      const row = await db.inWorkspace(workspaceId, async (tx) => {
        await tx.query(
          `delete from idempotency_keys
            where workspace_id = $1 and key_hash = $2 and created_at < now() - interval '24 hours'`,
          [workspaceId, sha256(key)],
        );
        const { rows } = await tx.query<{ request_hash: Buffer; answer: string | null }>(
          `insert into idempotency_keys (workspace_id, key_hash, request_hash) values ($1, $2, $3)
           on conflict (workspace_id, key_hash) do update set key_hash = excluded.key_hash
           returning request_hash, answer::text`,
          [workspaceId, sha256(key), requestHash],
        );
        return rows[0];
      });
      if (row && !row.request_hash.equals(requestHash)) {
        throw new Problem(
          409,
          'idempotencyKeyReused',
          'This Idempotency-Key was used for another request. Use a new one.',
        );
      }
      return row?.answer ?? undefined;
    },
    async keep(workspaceId, key, answer) {
      await db.inWorkspace(workspaceId, (tx) =>
        tx.query('update idempotency_keys set answer = $3 where workspace_id = $1 and key_hash = $2', [
          workspaceId,
          sha256(key),
          answer,
        ]),
      );
    },
  };
}
