/** What the sentences about a delivery share. */
import type { DeliveryRow } from './row.ts';

/** What will happen next. */
export interface Next {
  /** Null when no time can be told. */
  at: string | null;
  words: string;
}

export const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** "14:05 UTC" */
export const clock = (date: Date): string => `${date.toISOString().slice(11, 16)} UTC`;

/** The connection as people know it. */
export const nameOf = ({ channel_name }: DeliveryRow): string => channel_name ?? 'The connection';
