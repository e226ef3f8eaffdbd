/** All checks of an installation, in the order in which one would mend things. */
import type { Config } from '../../config.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { listWorkspaces } from '../../workspaces/index.ts';
import type { Reached } from '../database.ts';
import { checkAccounts, checkAttempts, checkWayOuts } from './accounts.ts';
import { checkConnections } from './connections.ts';
import { type Finding, problem } from './finding.ts';
import { checkKeys } from './keys.ts';
import { checkFence, checkSettings, checkTime, checkVersion } from './server.ts';

/** Changes nothing. A check that cannot be made is a finding too. */
export async function examine(config: Config, { url, wasStopped }: Reached): Promise<Finding[]> {
  const db = openDatabase({ url, poolSize: 2 });
  try {
    return await examineDatabase(db, config, { isRunning: !wasStopped });
  } finally {
    await db.close();
  }
}

async function examineDatabase(
  db: Database,
  config: Config,
  state: { isRunning: boolean },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const look = async (check: string, work: () => Promise<Finding[]>) => {
    findings.push(...(await work().catch((error: Error) => [notMade(check, error)])));
  };
  await look('database', () => checkSettings(db));
  await look('version', () => checkVersion(db));
  // Without a Herald in it, there is nothing more to look at.
  if (findings.some(({ check, state }) => check === 'version' && state !== 'ok')) return findings;
  await look('fence', () => checkFence(db));
  await look('time', () => checkTime(db));
  const workspaceIds = await db.unfenced(listWorkspaces);
  await look('keys', () => checkKeys(db, config, workspaceIds));
  for (const workspaceId of workspaceIds) {
    const named = (found: Finding[]) => (workspaceIds.length > 1 ? found.map(of(workspaceId)) : found);
    await look('connections', async () => named(await checkConnections(db, workspaceId, state)));
    await look('attempts', async () => named(await checkAttempts(db, workspaceId, state)));
    await look('alerts', async () => named(await checkAccounts(db, workspaceId)));
    await look('critical alerts', async () => named(await checkWayOuts(db, workspaceId)));
  }
  return findings;
}

const of =
  (workspaceId: string) =>
  (finding: Finding): Finding => ({ ...finding, check: `${finding.check} of ${workspaceId}` });

function notMade(check: string, error: Error): Finding {
  const cause = (error as { cause?: Error }).cause ?? error;
  const { message = String(error), code } = cause as Error & { code?: string };
  // No such table, no such role: nothing of ours is there.
  if (code === '42P01' || code === '22023' || /role "herald_app" does not exist/.test(message)) {
    return problem(check, 'This database does not hold a Herald yet: run "npx herald migrate".');
  }
  return problem(check, `It cannot be checked: ${message.split('\n', 1)[0]}`);
}
