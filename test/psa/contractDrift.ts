/** Changes at a PSA that nobody has met yet: each is a notice before an alert meets it, and gone with it (promises J-12). */
import { startConnectionApi } from '../../src/connections/fixtures/connectionApi.ts';
import type { Findings } from './faultRuns.ts';

const source = { field: 'source', value: 8 };

/** Lets so many changes come and go, a day each. */
export async function runDrift(times: number, found: Findings): Promise<void> {
  const api = await startConnectionApi(5);
  const id = await api.activate();
  const control = async (picklist: object) => {
    const body = JSON.stringify({ picklist });
    await fetch(`${api.simulator.url}/control/set`, { method: 'POST', body });
  };
  const noticesNextDay = async (): Promise<string[]> => {
    await api.db.unfenced((tx) =>
      tx.query('update contract_checks set due_at = clock_timestamp() where connection_id = $1', [id]),
    );
    await api.connections.checkContracts();
    return (await api.get(id)).notices.map(({ text }: { text: string }) => text);
  };
  try {
    await api.connections.checkContracts();
    for (let n = 0; n < times; n += 1) {
      await control({ ...source, isActive: false });
      const told = await noticesNextDay();
      if (told.length !== 1 || !/^Ticket Source: /.test(told[0] ?? ''))
        found.other.push(`day ${n}: told ${JSON.stringify(told)} of a deactivated source`);
      await control({ ...source, isActive: true });
      const left = await noticesNextDay();
      if (left.length > 0) found['left over'].push(`day ${n}: ${JSON.stringify(left)}`);
    }
  } finally {
    await api.close();
  }
}
