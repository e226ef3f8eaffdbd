/** A workspace that is set up once and copied for each of many worlds (see `copy` of the harness's database). */
import type { HarnessDatabase } from '../database.ts';
import { createInstance } from '../service.ts';
import { type Customer, setUp } from '../setup.ts';
import { startSimulatorHere } from '../simulator.ts';

/** Migrates the database and makes connections in it; the last `unfinished` ones lack nothing but the finish. */
export async function prepareWorkspace(
  database: HarnessDatabase,
  settleSeconds: number,
  connections: number,
  unfinished = 0,
): Promise<Customer[]> {
  const simulator = await startSimulatorHere();
  const instance = await createInstance('all', { database, simulator, settleSeconds });
  try {
    await instance.start();
    return await setUp(instance.url as string, connections, unfinished);
  } finally {
    await instance.stop('SIGTERM');
    await simulator.stop();
  }
}
