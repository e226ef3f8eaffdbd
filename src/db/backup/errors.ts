/** A backup cannot be made or restored; the message is one sentence for the operator that says why and what to do. */
export class BackupError extends Error {
  override name = 'BackupError';
}
