/** What people may do in a workspace. */
import type { Scope } from '../../http/index.ts';

export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A viewer looks, an operator does the daily work, an administrator does everything. */
export const scopesOf: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  admin: ['admin'],
};
