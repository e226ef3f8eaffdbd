/** Alerts and deliveries written by SQL, where a test needs more of them than intake would take in its time. */
import type { Workspace } from './workspace.ts';

/**
 * Alerts with these ids of five minutes ago, each with one pending delivery of the same id. Their titles are
 * `Sign-in <id>`.
 */
export async function writeAlerts(
  { workspaceId, connectionId, rows }: Pick<Workspace, 'workspaceId' | 'connectionId' | 'rows'>,
  { first, last }: { first: number; last: number },
): Promise<void> {
  await rows(
    `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, received_at, body, trace)
     select '${workspaceId}', n, sha256(n::text::bytea), '\\x00', 'edr', 'evt-' || n, 2, 'Sign-in ' || n,
            now() - interval '5 minutes', '{}', '["Planned."]'
       from generate_series(${first}, ${last}) n`,
  );
  await rows(
    `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity, settings_version, trace)
     select '${workspaceId}', n, n, 1, '${connectionId}', 'pending', 2, 1, '["Planned."]'
       from generate_series(${first}, ${last}) n`,
  );
}
