import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crashPoint } from '../crashPoints.ts';
import { type MasterKey, parseMasterKeys } from './master-keys.ts';

/** The keys of the data directory, the current one first; or a sentence for the operator. */
export type KeyFile =
  | { ok: true; keys: [MasterKey, ...MasterKey[]]; path: string; isNew: boolean }
  | { ok: false; message: string };

/** Name of the key file in the data directory. */
export const KEY_FILE_NAME = 'secret.key';

/** 32 bytes in base64 and a line feed. */
const LINE_BYTES = 45;
const MAX_KEYS = 16;

/**
 * Reads the key file of a data directory, and makes it when there is none: one key per line, the current one first.
 * To rotate, put a new line on top. Refused: other permissions than 0600, a link, any other size or content.
 * Whoever calls this for a database that already holds sealed secrets must not accept `isNew` (src/startKeys.ts).
 * @throws Error of the file system, for instance when the directory cannot be written
 */
export async function loadOrCreateKeyFile(dataDir: string): Promise<KeyFile> {
  const path = join(dataDir, KEY_FILE_NAME);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const isNew = !(await exists(path)) && (await create(dataDir, path));
  const problem = await findProblem(path);
  if (problem) return { ok: false, message: `The key file ${path} ${problem}.` };
  const lines = (await readFile(path, 'latin1')).trimEnd().split('\n');
  if (!lines.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))) {
    return { ok: false, message: `The key file ${path} is damaged: each line must be 32 bytes in base64.` };
  }
  const parsed = parseMasterKeys(lines.join(','));
  if (!parsed.ok) return { ok: false, message: parsed.message.replace('HERALD_SECRET_KEY', path) };
  return { ok: true, keys: parsed.keys, path, isNew };
}

/**
 * Moves a key file into a data directory that has none yet, as a restore does.
 *
 * @throws Error when another key is there
 */
export async function placeKey(dataDir: string, from: string): Promise<void> {
  const path = join(dataDir, KEY_FILE_NAME);
  const text = await readFile(from, 'latin1');
  const known = await readFile(path, 'latin1').catch(orMissing);
  if (known !== undefined && known !== text)
    throw new Error(`${path} holds another key than the backup: move it away first.`);
  if (known === undefined) await writeDurably(path, text);
  await rm(from);
  await syncDirectory(dataDir);
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(orMissing)) !== undefined;
}

async function findProblem(path: string): Promise<string | undefined> {
  const stats = await lstat(path);
  if (!stats.isFile()) return 'is not an ordinary file';
  const mode = stats.mode & 0o777;
  if (mode !== 0o600) return `can be used by others (mode ${mode.toString(8)}); run: chmod 600 ${path}`;
  const isWhole = stats.size > 0 && stats.size % LINE_BYTES === 0 && stats.size <= LINE_BYTES * MAX_KEYS;
  return isWhole ? undefined : `is damaged: it has ${stats.size} bytes, expected are ${LINE_BYTES} per key`;
}

/**
 * Appears whole or not at all, also after a crash, and never replaces a file: of two processes that start together,
 * one makes the key and the other uses it.
 * @returns whether this process made it
 */
async function create(dataDir: string, path: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    crashPoint('before-key-written');
    await writeDurably(draft, `${randomBytes(32).toString('base64')}\n`);
    crashPoint('after-key-written');
    await link(draft, path);
    await syncDirectory(dataDir);
    crashPoint('after-key-named');
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function orMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
