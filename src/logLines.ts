/**
 * Where log lines go: written beside the work and never waited for. A reader who is gone, a reader who stalls, or a full
 * disk cost lines, never deliveries (promise H-4); how many were lost is said in the first line that gets through.
 */
import { write, writeSync } from 'node:fs';

export interface LogLines {
  write(line: string): void;
  /** Writes what waits, now; for the last words of a process. Never throws. */
  flushSync(): void;
}

export interface LogLinesOptions {
  /** File descriptor. */
  fd?: number;
  /** Characters that may wait; further lines are lost. */
  mostWaiting?: number;
  /** After a failed write, in milliseconds. */
  againMs?: number;
}

const mostWaitingUsually = 4 * 1024 * 1024;

export function createLogLines({
  fd = 1,
  mostWaiting = mostWaitingUsually,
  againMs = 1_000,
}: LogLinesOptions = {}): LogLines {
  let lines: string[] = [];
  let waiting = 0;
  let lost = 0;
  let isWriting = false;
  let isGone = false;

  function take(): string {
    if (lost > 0) lines.push(lossLine(lost));
    lost = 0;
    const text = lines.join('');
    lines = [];
    waiting = 0;
    return text;
  }

  function next(): void {
    if (isWriting || isGone || lines.length === 0) return;
    isWriting = true;
    const count = lines.length;
    writeAll(fd, Buffer.from(take()), (error) => {
      if (!error) return end();
      isGone = error.code === 'EPIPE' || error.code === 'EBADF';
      lost += count;
      setTimeout(end, againMs).unref();
    });
  }

  function end(): void {
    isWriting = false;
    next();
  }

  return {
    write(line) {
      if (isGone) return;
      if (waiting + line.length > mostWaiting) {
        lost += 1;
        return;
      }
      // Together with what else comes in this turn; what comes just before the end is flushed by the end.
      if (lines.length === 0) setImmediate(next);
      lines.push(line);
      waiting += line.length;
    },
    flushSync() {
      if (isGone || lines.length === 0) return;
      try {
        writeSync(fd, take());
      } catch {
        // There is nobody left to tell.
      }
    },
  };
}

function lossLine(lines: number): string {
  return `${JSON.stringify({ level: 40, time: new Date().toISOString(), lines, msg: 'log.lines.lost' })}\n`;
}

/** Writes all of it, however small the pieces that are taken; waits for a pipe that is full. */
function writeAll(fd: number, bytes: Buffer, done: (error?: NodeJS.ErrnoException) => void): void {
  write(fd, bytes, (error, written) => {
    if (error?.code === 'EAGAIN') return void setTimeout(() => writeAll(fd, bytes, done), 20);
    if (error) return done(error);
    if (written < bytes.length) return writeAll(fd, bytes.subarray(written), done);
    done();
  });
}
