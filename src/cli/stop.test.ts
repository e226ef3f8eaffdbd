import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStop } from './stop.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));

afterEach(() => {
  vi.restoreAllMocks();
  for (const signal of signals) {
    process.removeAllListeners(signal);
    for (const listener of before.get(signal) ?? []) process.on(signal, listener);
  }
});

describe('a wish to end', () => {
  it.each(signals)('%s is one', async (signal) => {
    const stop = createStop();
    process.emit(signal, signal);
    await stop.asked;
    expect([stop.abort.aborted, stop.signal]).toEqual([true, signal]);
  });

  it('can come from inside', async () => {
    const stop = createStop();
    stop.now();
    await stop.asked;
    expect([stop.abort.aborted, stop.signal]).toEqual([true, undefined]);
  });

  it('counts as a second one only a while after the first: npm hands on what the terminal has sent', () => {
    const onAgain = vi.fn();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
    createStop({ onAgain });
    process.emit('SIGINT', 'SIGINT');
    clock.mockReturnValue(5_900);
    process.emit('SIGINT', 'SIGINT');
    expect(onAgain).not.toHaveBeenCalled();
    clock.mockReturnValue(6_100);
    process.emit('SIGINT', 'SIGINT');
    expect(onAgain).toHaveBeenCalledOnce();
  });
});
