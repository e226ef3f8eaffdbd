/** Since when severities are set to no ticket, by whom and why: kept beside the setting, so that each skip can say it. */

import { type Severity, severities } from '../alerts/types.ts';
import type { By } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { readConnectionSettings } from '../plan/index.ts';
import type { Field } from '../psa/contract.ts';
import type { Order } from './record.ts';
import type { StepValues } from './validate.ts';

/** Call it in the transaction that replaces the tickets step. What was set to no ticket before keeps its entry. */
export async function keepNoTicket(
  tx: Tx,
  { workspaceId, connectionId, by }: Order,
  fields: readonly Field[],
  { before, after }: { before: StepValues | undefined; after: StepValues },
): Promise<void> {
  const was = new Set(before === undefined ? [] : unticketed(fields, before));
  const is = unticketed(fields, after);
  await tx.query(
    `update connections c
        set no_ticket = (select coalesce(jsonb_object_agg(one.key, one.value), '{}')
                           from (select key, value from jsonb_each(c.no_ticket) where key = any($3::text[])
                                 union all
                                 select unnest($4::text[]), $5::jsonb || jsonb_build_object('at', now())) as one)
      where c.workspace_id = $1 and c.id = $2`,
    [
      workspaceId,
      connectionId,
      is.filter((severity) => was.has(severity)),
      is.filter((severity) => !was.has(severity)),
      JSON.stringify({ by: whoInWords(by), reason: by.reason }),
    ],
  );
}

function unticketed(fields: readonly Field[], tickets: StepValues): Severity[] {
  const { priorities } = readConnectionSettings(fields, { tickets }).tickets;
  return severities.filter((severity) => priorities[severity] === null);
}

const whoInWords = ({ who: { kind, name } }: By): string =>
  kind === 'apiKey' ? `the API key ${name}` : name;
