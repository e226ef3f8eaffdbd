/** Walking through the rows of a table of which only a part is drawn: one row at a time is reached by Tab. */
import { useHotkeys } from '@mantine/hooks';
import { type RefObject, useState } from 'react';

/** Rows of a page, for PageUp and PageDown. */
const page = 10;

interface RowKeys {
  /** The row that Tab leads to. */
  active: number;
  setActive(at: number): void;
  /** Does what a key says; false when it is none of these keys. */
  move(key: string): boolean;
  /** Puts the focus on a row; on what is marked as wrong in it, where something is. */
  goToWrong(at: number): void;
}

/** Rows carry their number as `data-index`. `show` scrolls a row into view. */
export function useRowKeys(
  list: RefObject<HTMLElement | null>,
  count: number,
  show: (at: number) => void,
): RowKeys {
  const [wanted, setActive] = useState(0);
  const active = Math.max(0, Math.min(wanted, count - 1));
  const reach = (to: number, focus: (row: HTMLElement) => void) => {
    const at = Math.max(0, Math.min(to, count - 1));
    setActive(at);
    show(at);
    // It is drawn only after it has been scrolled to.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const row = list.current?.querySelector<HTMLElement>(`[data-index="${at}"]`);
        if (row) focus(row);
      }),
    );
  };
  const go = (to: number) => reach(to, (row) => row.focus({ preventScroll: true }));
  const goToWrong = (to: number) =>
    reach(to, (row) => (row.querySelector<HTMLElement>('[aria-invalid="true"]') ?? row).focus());
  const places: Record<string, () => number> = {
    ArrowDown: () => active + 1,
    ArrowUp: () => active - 1,
    PageDown: () => active + page,
    PageUp: () => active - page,
    Home: () => 0,
    End: () => count - 1,
  };
  const isInside = () => list.current?.contains(document.activeElement) ?? false;
  useHotkeys([
    ['j', () => go(isInside() ? active + 1 : active)],
    ['k', () => go(isInside() ? active - 1 : active)],
  ]);
  const move = (key: string): boolean => {
    const place = places[key];
    if (place) go(place());
    return place !== undefined;
  };
  return { active, setActive, move, goToWrong };
}
