/** The same as register.ts for tests that import the product into their own process, where vitest loads the modules. */
import type { Plugin } from 'vitest/config';
import { sabotageNamed } from './list.ts';
import { withoutGuard } from './sabotage.ts';

/** Turns off the guard that `HERALD_SABOTAGE` names; no plugin at all when it names none. */
export function sabotagePlugins(): Plugin[] {
  const name = process.env.HERALD_SABOTAGE;
  if (!name) return [];
  const sabotage = sabotageNamed(name);
  return [
    {
      name: 'sabotage',
      enforce: 'pre',
      // A module is cached by its source and the names of the plugins: another sabotage would be served this one's.
      config: () => ({ test: { fsModuleCache: false } }),
      transform: (source, id) => withoutGuard(sabotage, id, () => source),
    },
  ];
}
