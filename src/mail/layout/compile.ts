/** `npm run mail:layout`: writes compiled.html, which is checked in. */
import { writeFile } from 'node:fs/promises';
import { compileLayout } from './source.ts';

await writeFile(new URL('compiled.html', import.meta.url), await compileLayout());
