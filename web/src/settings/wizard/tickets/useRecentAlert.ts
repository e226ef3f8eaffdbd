import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedAlert } from '../../../alerts/queries.ts';
import { recentAlertsQuery } from './queries.ts';
import { firstShown, offered } from './recentAlert.ts';

/**
 * The alert that settings are tried on: the newest when one comes, and from then on that one until a person chooses
 * another. `alert` is null for the made-up one, undefined while nobody has answered. `isUsual`: which is taken first.
 */
export function useRecentAlert(isUsual?: (alert: ListedAlert) => boolean) {
  const { data } = useQuery(recentAlertsQuery);
  const [shown, setShown] = useState<ListedAlert | null>();
  const alert = firstShown(shown, data, isUsual);
  if (alert !== shown) setShown(alert);
  const alerts = data && offered(data, alert);
  return {
    alert,
    /** Those to choose from; the shown one is always among them. */
    alerts,
    choose: (id: string) => setShown(alerts?.find((one) => one.id === id) ?? alert),
  };
}
