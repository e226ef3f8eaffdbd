/** Loaded by `node --import` into the processes of a sabotaged run: turns off the guard that `HERALD_SABOTAGE` names. */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { sabotageNamed } from './list.ts';
import { withoutGuard } from './sabotage.ts';

const sabotage = sabotageNamed(process.env.HERALD_SABOTAGE);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith('file:')) return loaded;
    const text = () => Buffer.from(loaded.source as Uint8Array).toString();
    const source = withoutGuard(sabotage, fileURLToPath(url), text);
    return source === undefined ? loaded : { ...loaded, source };
  },
});
