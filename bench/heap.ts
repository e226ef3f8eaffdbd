/** What a process holds in memory once its garbage is collected, asked through its inspector. */

/** Add to the environment of the process to be asked. */
export const inspected = (port: number): Record<string, string> => ({
  NODE_OPTIONS: `--inspect=127.0.0.1:${port}`,
});

export interface Held {
  /** Objects and buffers, in MB. */
  usedMb: number;
  /** What the operating system counts, in MB. */
  residentMb: number;
}

export async function heldBy(port: number): Promise<Held> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('the process has no inspector')), { once: true });
  });
  let calls = 0;
  const call = (method: string, params: object = {}): Promise<Answer> =>
    new Promise((resolve) => {
      const id = ++calls;
      const hear = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data)) as Answer & { id?: number };
        if (answer.id !== id) return;
        socket.removeEventListener('message', hear);
        resolve(answer);
      };
      socket.addEventListener('message', hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  // What only becomes garbage with the first collection goes with the second.
  for (let turn = 0; turn < 2; turn++) await call('HeapProfiler.collectGarbage');
  const expression = 'JSON.stringify(process.memoryUsage())';
  const { result } = await call('Runtime.evaluate', { expression });
  socket.close();
  const usage = JSON.parse(result.result?.value ?? '{}') as NodeJS.MemoryUsage;
  return { usedMb: (usage.heapUsed + usage.external) / 1e6, residentMb: usage.rss / 1e6 };
}

interface Answer {
  result: { result?: { value?: string } };
}
