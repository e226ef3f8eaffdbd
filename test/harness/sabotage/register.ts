/** Loaded by `node --import` into Herald's processes of a sabotaged run: turns off the guard that `HERALD_SABOTAGE` names. */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { sabotaged, sabotages } from './list.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sabotage = sabotages.find(({ name }) => name === process.env.HERALD_SABOTAGE);
if (!sabotage) throw new Error(`there is no sabotage "${process.env.HERALD_SABOTAGE}"`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const changes = sabotage.changes.filter(
      ({ file }) => url.startsWith('file:') && fileURLToPath(url) === root + file,
    );
    if (changes.length === 0) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: changes.reduce(sabotaged, source) };
  },
});
