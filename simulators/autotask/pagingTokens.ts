/** Where a page of a search starts: after which id, and where the pages before it started. */
export type PagePlace = { entity: string; method: string; pageSize: number; starts: readonly number[] };

const PLACES_KEPT = 50;

/** Remembers the 50 most recent pages; older tokens are refused (fact sheet autotask §2.5). */
export class PagingTokens {
  readonly #places = new Map<string, PagePlace>();
  #last = 0;

  /** An opaque text for the address of a page. */
  issue(place: PagePlace): string {
    this.#last += 1;
    const start = place.starts.at(-1) ?? 0;
    const token = JSON.stringify({
      pageSize: place.pageSize,
      previousIds: place.starts.slice(0, -1),
      nextIds: [start],
      page: this.#last,
    });
    this.#places.set(token, place);
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= PLACES_KEPT) break;
      this.#places.delete(oldest);
    }
    return token;
  }

  find(token: string): PagePlace | undefined {
    return this.#places.get(token);
  }

  clear(): void {
    this.#places.clear();
  }
}
