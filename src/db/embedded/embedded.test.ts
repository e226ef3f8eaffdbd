import { describe, expect, it } from 'vitest';
import { lastComplaint } from './cluster.ts';
import { connectionUrl } from './connection.ts';
import { EmbeddedError, explainFileError } from './errors.ts';
import { isAlive, isPostmasterOf, splitAtOptions } from './processes.ts';
import { parsePasswd } from './serverUser.ts';

describe('the reason in what PostgreSQL writes', () => {
  it.each([
    ['', 'it gave no reason'],
    [
      'initdb: error: could not create directory "x": Permission denied\n',
      'could not create directory "x": Permission denied',
    ],
    [
      '2026-01-01 00:00:00.000 UTC [7] FATAL:  data directory "x" has wrong ownership\nHINT:  h\n',
      'data directory "x" has wrong ownership',
    ],
    [
      'LOG:  starting\nPANIC:  could not locate a valid checkpoint record.\nLOG:  shut down\n',
      'could not locate a valid checkpoint record',
    ],
    ['sh: postgres: cannot execute', 'sh: postgres: cannot execute'],
  ])('%j', (output, reason) => {
    expect(lastComplaint(output)).toBe(reason);
  });
});

describe('users of /etc/passwd', () => {
  it('leave out root, comments and damaged lines, and read negative ids as the system does', () => {
    const text =
      '# macOS\nroot:*:0:0::/:/bin/sh\nnobody:*:-2:-2::/:/x\npostgres:x:101:104::/:/x\nbad:x:a:b\n\n';
    expect(parsePasswd(text)).toEqual([
      { name: 'nobody', uid: 4_294_967_294, gid: 4_294_967_294 },
      { name: 'postgres', uid: 101, gid: 104 },
    ]);
  });
});

describe('errors of the file system', () => {
  it.each([
    ['EACCES', '/data', 'The data directory /data cannot be used (permission denied): give'],
    ['EACCES', '/data/x', 'The data directory /data cannot be used (permission denied at /data/x): give'],
    ['EROFS', '/data', 'The data directory /data cannot be used (the file system is read-only): give'],
    ['ENOSPC', undefined, 'The data directory /data cannot be used (no space is left on the disk): give'],
  ])('%s at %s becomes a sentence', (code, path, start) => {
    const explained = explainFileError(Object.assign(new Error('x'), { code, path }), '/data');
    expect(explained).toBeInstanceOf(EmbeddedError);
    expect((explained as Error).message).toContain(start);
  });

  it('that nobody expects stay as they are', () => {
    const bug = new TypeError('x');
    expect(explainFileError(bug, '/data')).toBe(bug);
    const ours = new EmbeddedError('y');
    expect(explainFileError(ours, '/data')).toBe(ours);
  });
});

describe('processes', () => {
  it('of a command line shown as one text are found again', () => {
    expect(splitAtOptions('/a b/bin/postgres -D /my data/postgres -c fsync=on')).toEqual([
      '/a b/bin/postgres',
      '-D',
      '/my data/postgres',
      '-c',
      'fsync=on',
    ]);
  });

  it('that are not there are not alive, and ours is no postmaster', async () => {
    expect(await isAlive(2 ** 22 + 1)).toBe(false);
    expect(await isAlive(process.pid)).toBe(true);
    expect(await isPostmasterOf(process.pid, process.cwd())).toBe(false);
  });
});

it('a connection becomes a URL that keeps odd characters', () => {
  const url = connectionUrl({
    host: '/a b/#',
    port: 5432,
    user: 'herald',
    database: 'herald',
    password: 'p@/?',
  });
  expect(url).toBe('postgresql://herald:p%40%2F%3F@/herald?host=%2Fa%20b%2F%23&port=5432');
});
