/** Counts events of the last `windowSeconds` or less, exact to one second, in constant memory. */
export class RollingCount {
  readonly #windowSeconds: number;
  readonly #perSecond: Uint32Array;
  #newestSecond = 0;
  #sum = 0;

  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
    this.#perSecond = new Uint32Array(windowSeconds);
  }

  add(nowMs: number, count = 1): void {
    const second = Math.floor(nowMs / 1000);
    this.#forget(second);
    if (second <= this.#newestSecond - this.#windowSeconds) return;
    const slot = second % this.#windowSeconds;
    this.#perSecond[slot] = (this.#perSecond[slot] ?? 0) + count;
    this.#sum += count;
  }

  /** Events of the whole window, or of its last `seconds`. */
  total(nowMs: number, seconds = this.#windowSeconds): number {
    const second = Math.floor(nowMs / 1000);
    this.#forget(second);
    if (seconds >= this.#windowSeconds) return this.#sum;
    let sum = 0;
    for (let at = second - seconds + 1; at <= second; at += 1) {
      sum += this.#perSecond[at % this.#windowSeconds] ?? 0;
    }
    return sum;
  }

  clear(): void {
    this.#perSecond.fill(0);
    this.#sum = 0;
  }

  #forget(second: number): void {
    if (second <= this.#newestSecond) return;
    const steps = Math.min(second - this.#newestSecond, this.#windowSeconds);
    for (let step = 1; step <= steps; step += 1) {
      const slot = (second - steps + step) % this.#windowSeconds;
      this.#sum -= this.#perSecond[slot] ?? 0;
      this.#perSecond[slot] = 0;
    }
    this.#newestSecond = second;
  }
}
