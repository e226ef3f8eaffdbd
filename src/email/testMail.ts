/** A marked test mail through the whole real path: accepted, planned, sent and journalled as any alert (req 118). */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Alert } from '../alerts/types.ts';
import type { By } from '../audit/index.ts';
import { invalid } from '../errors.ts';
import type { Actor } from '../http/index.ts';
import { loadDeliveriesOf } from '../receipts/index.ts';
import { changeSettings } from '../settings/index.ts';
import { ensureLease } from '../wake/leases.ts';
import type { Slice } from './parts.ts';
import { nameOfOrganization } from './recipientStore.ts';
import type { testAnswer, testOrder } from './schemas.ts';
import { recordEmail } from './settings.ts';
import { readAddress } from './validate.ts';
import { notSetUp } from './verify.ts';

type Result = z.input<typeof testAnswer>;

export interface TestOrder extends z.output<typeof testOrder> {
  actor: Actor;
  by: By;
}

const usualWaitMs = 20_000;
const lookEveryMs = 200;
/** A server that could not be reached is tried again later; nobody waits for that. */
const mostTroubleMs = 4_000;

/**
 * Sends it, and waits a while for what comes of it.
 * @throws Problem 422 for an address or organization that cannot be used, 409 while mail is not set up
 */
export async function sendTestMail(
  slice: Slice,
  { address: typed, as: scope, organizationId, actor, by }: TestOrder,
): Promise<Result> {
  const { db, acceptor, testWaitMs = usualWaitMs } = slice;
  const { workspaceId } = actor;
  const read = readAddress('address', typed);
  if (!read.ok) throw invalid([read.error]);
  const { address } = read;
  if ((await slice.open(workspaceId)).servers.length === 0) throw await notSetUp(slice, workspaceId);
  await changeSettings(db, workspaceId, async (tx) => {
    if (organizationId !== undefined && !(await nameOfOrganization(tx, workspaceId, organizationId))) {
      const message = 'There is no such organization.';
      throw invalid([{ field: 'organizationId', code: 'notFound', message }]);
    }
    await ensureLease(tx, workspaceId, workspaceId);
    await recordEmail(tx, workspaceId, by, { action: 'email.test', after: { address, format: scope } });
  });
  const directed = { address, scope, ...(organizationId !== undefined && { organizationId }) };
  const { id: alertId } = await acceptor.accept(workspaceId, testAlert(actor.name), directed);
  for (let waited = 0; waited < testWaitMs; waited += lookEveryMs) {
    const { result, hasTrouble } = await readResult(slice, workspaceId, alertId);
    if (result.outcome === 'done' || result.outcome === 'failed') return result;
    if (hasTrouble && waited >= mostTroubleMs) return result;
    await sleep(lookEveryMs);
  }
  return (await readResult(slice, workspaceId, alertId)).result;
}

function testAlert(by: string): Alert {
  return {
    source: 'herald',
    externalId: `test-${randomUUID()}`,
    title: 'Test mail from Herald',
    severity: 'informational',
    originalSeverity: 'informational',
    description: `A test of e-mail, asked for by ${by}. Nothing has happened; nobody needs to do anything.`,
    flags: ['test'],
  };
}

async function readResult(
  { db }: Slice,
  workspaceId: string,
  alertId: string,
): Promise<{ result: Result; hasTrouble: boolean }> {
  const [row] = await db.inWorkspace(workspaceId, (tx) => loadDeliveriesOf(tx, workspaceId, [alertId]));
  const answer = (outcome: Result['outcome'], text: string) => ({
    result: { alertId, deliveryId: row?.id ?? null, outcome, text },
    hasTrouble: row?.problem != null,
  });
  switch (row?.delivery_state) {
    case 'delivered':
      return answer(
        'done',
        `A mail server took the mail to ${row.mail_target}. Whether it was read nobody knows.`,
      );
    case 'failed':
    case 'held':
    case 'skipped':
      return answer('failed', row.problem ?? row.mail_attention ?? 'It was not sent.');
    case 'uncertain':
      return answer('uncertain', row.problem ?? 'It was sent, but no answer came: it may have arrived.');
    default:
      return answer('pending', row?.problem ?? 'It is on its way.');
  }
}
