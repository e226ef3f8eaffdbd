/** Which of the recent alerts is shown while others come in. Pure. */

interface Alert {
  id: string;
}

/**
 * The one that is shown stays; else the newest for which `isUsual`, else the newest, or null (the made-up one) when there
 * is none.
 */
export function firstShown<A extends Alert>(
  shown: A | null | undefined,
  alerts: readonly A[] | undefined,
  isUsual: (alert: A) => boolean = () => true,
): A | null | undefined {
  if (shown !== undefined) return shown;
  return alerts && (alerts.find(isUsual) ?? alerts[0] ?? null);
}

/** The recent ones, and the one that is shown, which may have become too old to be among them. */
export function offered<A extends Alert>(alerts: readonly A[], shown: A | null | undefined): readonly A[] {
  return shown && !alerts.some(({ id }) => id === shown.id) ? [...alerts, shown] : alerts;
}
