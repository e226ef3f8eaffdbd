import { byOf, checkUnchanged } from '../audit/index.ts';
import { notFound } from '../errors.ts';
import { type Actor, setEtag } from '../http/index.ts';
import type { Where } from './ask.ts';
import type { ConnectionParts } from './parts.ts';
import type { Order } from './record.ts';
import type { CheckRow } from './steps.ts';
import { findCountedConnection } from './store.ts';
import { toView } from './view.ts';

/** Which connection a request is about. */
export const whereOf = ({ actor, params }: { actor: Actor; params: { id: string } }): Where => ({
  workspaceId: actor.workspaceId,
  connectionId: params.id,
});

/** The same, with who asks; the reason is that of the body, if it has one. */
export const orderOf = (
  request: Parameters<typeof byOf>[0] & Parameters<typeof whereOf>[0],
  reason?: string,
): Order => ({ ...whereOf(request), by: byOf(request, reason) });

type Asked = Parameters<typeof checkUnchanged>[2] & { actor: Actor };

/** The `If-Match` of a request, to be judged inside the transaction of its change. */
export const checkOf =
  (request: Asked): CheckRow =>
  (tx, { id, revision }) =>
    checkUnchanged(tx, request.actor.workspaceId, request, {
      revision,
      entries: { targetKind: 'connection', targetId: id },
    });

/** The same for the mapping table, whose revision is its own. */
export const checkSetOf =
  (request: Asked): CheckRow =>
  (tx, { id, mappings_revision: revision }) =>
    checkUnchanged(tx, request.actor.workspaceId, request, {
      revision,
      entries: { action: 'connection.mappings', targetKind: 'connection', targetId: id },
    });

/** The connection as it is now, with its ETag. */
export function answerOne(parts: ConnectionParts, where: Where, reply: Parameters<typeof setEtag>[0]) {
  return parts.db.inWorkspace(where.workspaceId, async (tx) => {
    const row = await findCountedConnection(tx, where.workspaceId, where.connectionId);
    if (!row) throw notFound('connection');
    setEtag(reply, row.revision);
    return toView(parts, row);
  });
}
