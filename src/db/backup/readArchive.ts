/** Reading a backup: its head at once, its files as they come, and at the end whether all of it was whole. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { BackupError } from './errors.ts';
import {
  type BackupHead,
  headName,
  headSchema,
  type Manifest,
  manifestName,
  manifestSchema,
} from './manifest.ts';
import { readTar, type TarEntry } from './tar.ts';

/**
 * Reads only the head.
 *
 * @throws BackupError when the file is not a backup of ours
 */
export async function readHead(path: string): Promise<BackupHead> {
  for await (const entry of entriesOf(path)) {
    return parseHead(path, entry);
  }
  throw notOurs(path);
}

/**
 * Puts the files into directories: each entry goes where `placeOf` says, and is left out where that is undefined.
 *
 * @throws BackupError when a file is damaged, missing, or not in the manifest; what was written must then be removed
 */
export async function extractArchive(
  path: string,
  placeOf: (name: string) => string | undefined,
): Promise<void> {
  const sums: Manifest['files'] = {};
  let manifest: Manifest | undefined;
  let isFirst = true;
  for await (const entry of entriesOf(path)) {
    refuseEscape(path, entry.name);
    if (isFirst && entry.name !== headName) throw notOurs(path);
    isFirst = false;
    if (entry.name === manifestName) manifest = parse(path, manifestSchema, await textOf(entry));
    else if (entry.isDirectory) await makeDirectory(placeOf(entry.name));
    else sums[entry.name] = await extract(entry, placeOf(entry.name));
  }
  if (!manifest) throw damaged(path, 'it ends too early');
  compare(path, manifest.files, sums);
}

/** What is wrong with the bytes of an archive is said as of the backup. */
async function* entriesOf(path: string): AsyncGenerator<TarEntry> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.once('error', (error) => gunzip.destroy(error));
  try {
    yield* readTar(file.pipe(gunzip));
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BackupError(`There is no file ${path}.`);
    if (name === 'DamagedTar' || code?.startsWith('Z_')) throw damaged(path, message);
    throw error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

async function parseHead(path: string, entry: TarEntry): Promise<BackupHead> {
  if (entry.name !== headName || entry.size > 100_000) throw notOurs(path);
  return parse(path, headSchema, await textOf(entry));
}

function parse<T>(path: string, schema: { parse(value: unknown): T }, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new BackupError(
      `${path} was made by another version of Herald, or is damaged: restore it with that version.`,
    );
  }
}

async function textOf({ body }: TarEntry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function makeDirectory(place: string | undefined): Promise<void> {
  if (place !== undefined) await mkdir(place, { recursive: true, mode: 0o700 });
}

async function extract(
  { body, size }: TarEntry,
  place: string | undefined,
): Promise<Manifest['files'][string]> {
  const sum = createHash('sha256');
  if (place === undefined) {
    for await (const chunk of body) sum.update(chunk);
    return { size, sha256: sum.digest('hex') };
  }
  await makeDirectory(dirname(place));
  const file = await open(place, 'wx', 0o600);
  try {
    for await (const chunk of body) {
      sum.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { size, sha256: sum.digest('hex') };
}

/** A backup from a stranger must not write elsewhere. */
function refuseEscape(path: string, name: string): void {
  const isPlain = /^[\w.-]+(\/[\w.-]+)*$/.test(name) && !name.split('/').includes('..');
  if (!isPlain || join('x', name) !== `x/${name}`)
    throw damaged(path, 'a file in it has a name that leads elsewhere');
}

function compare(path: string, wanted: Manifest['files'], found: Manifest['files']): void {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const [one, other] = [wanted[name], found[name]];
    if (one?.size !== other?.size || one?.sha256 !== other?.sha256)
      throw damaged(path, `${name} is not as it was stored`);
  }
}

const notOurs = (path: string): BackupError => new BackupError(`${path} is not a backup of Herald.`);
const damaged = (path: string, why: string): BackupError =>
  new BackupError(`The backup ${path} is damaged (${why}): nothing was restored. Take another one.`);
