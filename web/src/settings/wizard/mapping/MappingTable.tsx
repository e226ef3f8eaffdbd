// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import './mapping.css';
import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { RowEdits } from './useRowEdits.ts';
import { useRowKeys } from './useRowKeys.ts';

/** What the table says to one of its rows. A row is drawn by a `memo`: all of these stay the same until it is to be drawn anew. */
export interface RowPlace {
  whyNot: string | undefined;
  /** Holds the focus of the table: only its controls are reached by Tab. */
  isActive: boolean;
  /** One chooses in it. */
  isOpen: boolean;
  onOpen(organizationId: string): void;
  /** `isDone`: the focus goes back to the row; else it has gone elsewhere. */
  onClose(isDone: boolean): void;
  onUndo(organizationId: string): void;
}

/** A row that one asks to be led to. */
export interface SoughtRow {
  organizationId: string;
}

interface MappingTableProps<Row> {
  label: string;
  /** Beside that of all mapping tables; gives the columns their widths. */
  className: string;
  /** Heads of the columns but the last one, which has the actions. */
  heads: readonly string[];
  /** As a row is before it is measured, in pixels. */
  rowHeight: number;
  rows: readonly Row[];
  edits: Pick<RowEdits<unknown>, 'refused' | 'undo'>;
  whyNot: string | undefined;
  /** The row to go to, each time another object is given. */
  sought?: SoughtRow | undefined;
  /** What a key does to a row beside walking and opening it. True when it was one of these: then the next row is on. */
  onKey?(key: string, row: Row): boolean;
  /** The cells of a row. */
  children(row: Row, place: RowPlace): ReactNode;
}

/** A row for each organization; only what is seen is drawn. Arrows or j k walk, Enter opens what there is to choose. */
export function MappingTable<Row extends { organizationId: string }>(props: MappingTableProps<Row>) {
  const { label, className, heads, rowHeight, rows, edits, whyNot, sought, onKey, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (at) => rows[at]?.organizationId ?? at,
    overscan: 6,
  });
  const { active, setActive, move, goToWrong } = useRowKeys(scroller, rows.length, (at) =>
    virtual.scrollToIndex(at),
  );
  const reached = useRef<SoughtRow>(undefined);
  useEffect(() => {
    const at = sought ? rows.findIndex((row) => row.organizationId === sought.organizationId) : -1;
    if (at < 0 || reached.current === sought) return;
    reached.current = sought;
    goToWrong(at);
  });
  const { openId, onOpen, onClose } = useOpenRow(scroller);
  const onKeyDown = (event: KeyboardEvent) => {
    const isRow = (event.target as HTMLElement).getAttribute('role') === 'row';
    const row = rows[active];
    if (!isRow || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (move(event.key)) event.preventDefault();
    else if (whyNot) return;
    else if (event.key === 'Enter') {
      event.preventDefault();
      onOpen(row.organizationId);
    } else if (onKey?.(event.key, row)) move('ArrowDown');
  };

  if (rows.length === 0) return <Text className="quiet">No organization fits these filters.</Text>;
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className={`mappings ${className}`}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className="mappingHead">
        <div role="row" aria-rowindex={1} className="mappingRow">
          {heads.map((head) => (
            <div key={head} role="columnheader">
              {head}
            </div>
          ))}
          <div role="columnheader" aria-label="Actions" />
        </div>
      </div>
      <div role="rowgroup" className="mappingBody" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
          const id = row.organizationId;
          const isActive = index === active;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              role="row"
              aria-rowindex={index + 2}
              tabIndex={isActive ? 0 : -1}
              className="mappingRow"
              style={{ transform: `translateY(${start}px)` }}
              onFocus={() => setActive(index)}
            >
              {children(row, {
                whyNot,
                isActive,
                isOpen: openId === id,
                onOpen,
                onClose,
                onUndo: edits.undo,
              })}
              <Refused words={edits.refused.get(id)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Refused({ words }: { words: string | undefined }) {
  if (!words) return null;
  return (
    <div role="gridcell" className="mappingRefused">
      <Text size="xs" role="alert" className="wrong">
        {words}
      </Text>
    </div>
  );
}

interface OpenRow {
  id?: string;
  /** It was closed, and the focus was in it. */
  hasLostFocus?: boolean;
}

/** The row in which one chooses. When it is closed the focus comes back to the row from which one opened it. */
function useOpenRow(list: RefObject<HTMLElement | null>) {
  const [open, setOpen] = useState<OpenRow>({});
  const onOpen = useCallback((id: string) => setOpen({ id }), []);
  const onClose = useCallback(
    (isDone: boolean) => setOpen((is) => (is.id === undefined ? is : { hasLostFocus: isDone })),
    [],
  );
  // Once the field has gone.
  useLayoutEffect(() => {
    if (open.hasLostFocus) list.current?.querySelector<HTMLElement>('[tabindex="0"][role="row"]')?.focus();
  }, [open, list]);
  return { openId: open.id, onOpen, onClose };
}
