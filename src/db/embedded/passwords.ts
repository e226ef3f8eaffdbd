import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing, replaceFile } from './files.ts';

/** The role that Herald works as; it owns its database and is no superuser. */
export const loginRole = 'herald';
/** The role that made the cluster; for maintenance by people, never used by the running product. */
export const adminRole = 'postgres';
export const database = 'herald';

/** `isNew` when a file was missing: then neither the files nor the cluster know these passwords yet. */
export type Passwords = { readonly login: string; readonly admin: string; readonly isNew: boolean };

/** Reads the two password files beside the cluster, or makes up new passwords when one is missing. */
export async function readPasswords(dataDir: string): Promise<Passwords> {
  const login = await readPassword(loginFile(dataDir));
  const admin = await readPassword(adminFile(dataDir));
  return {
    login: login ?? makePassword(),
    admin: admin ?? makePassword(),
    isNew: login === undefined || admin === undefined,
  };
}

/** Writes the files (mode 0600); only once the cluster knows the passwords, or before there is one. */
export async function savePasswords(dataDir: string, passwords: Passwords): Promise<void> {
  await replaceFile(loginFile(dataDir), `${passwords.login}\n`);
  await replaceFile(adminFile(dataDir), `${passwords.admin}\n`);
}

async function readPassword(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(ignoreMissing))?.trim() || undefined;
}

function makePassword(): string {
  return randomBytes(24).toString('base64url');
}

function loginFile(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

function adminFile(dataDir: string): string {
  return join(dataDir, 'postgres.admin-password');
}
