// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useRef, useState } from 'react';
import { acceptedOf, MappingRow } from './MappingRow.tsx';
import type { AccountFilters } from './queries.ts';
import type { Row } from './rows.ts';
import type { MappingEdits } from './useMappings.ts';
import { useRowKeys } from './useRowKeys.ts';

interface MappingTableProps {
  connectionId: string;
  rows: readonly Row[];
  edits: MappingEdits;
  filters: AccountFilters;
  withContacts: boolean;
  whyNot: string | undefined;
}

const rowHeight = 40;

/** Organization → account; only what is seen is drawn. Arrows or j k walk, Enter opens the chooser, a accepts. */
export function MappingTable({
  connectionId,
  rows,
  edits,
  filters,
  withContacts,
  whyNot,
}: MappingTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [openId, setOpenId] = useState<string>();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (at) => rows[at]?.organizationId ?? at,
    overscan: 6,
  });
  const { active, setActive, move } = useRowKeys(scroller, rows.length, (at) => virtual.scrollToIndex(at));
  const { change, undo } = edits;
  const onChange = useCallback<Parameters<typeof MappingRow>[0]['onChange']>(
    (id, target) => change([[id, target]]),
    [change],
  );
  const onUndo = useCallback((id: string) => undo([id]), [undo]);
  const onOpen = useCallback((id: string | undefined) => {
    setOpenId(id);
    // The focus comes back to the row from which one opened it.
    if (id === undefined)
      queueMicrotask(() =>
        scroller.current?.querySelector<HTMLElement>('[tabindex="0"][role="row"]')?.focus(),
      );
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const isRow = (event.target as HTMLElement).getAttribute('role') === 'row';
    const row = rows[active];
    if (!isRow || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (move(event.key)) event.preventDefault();
    else if (whyNot) return;
    else if (event.key === 'Enter') {
      event.preventDefault();
      setOpenId(row.organizationId);
    } else if (event.key === 'a' && row.suggestion) {
      onChange(row.organizationId, acceptedOf(row));
      move('ArrowDown');
    }
  };

  if (rows.length === 0) return <Text className="quiet">No organization fits these filters.</Text>;
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Which account gets the tickets of which organization"
      aria-rowcount={rows.length + 1}
      className={withContacts ? 'mappings withContacts' : 'mappings'}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className="mappingHead">
        <div role="row" aria-rowindex={1} className="mappingRow">
          <div role="columnheader">Organization</div>
          <div role="columnheader">Account</div>
          {withContacts && <div role="columnheader">Contact</div>}
          <div role="columnheader" aria-label="Actions" />
        </div>
      </div>
      <div role="rowgroup" className="mappingBody" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
          const id = row.organizationId;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              role="row"
              aria-rowindex={index + 2}
              tabIndex={index === active ? 0 : -1}
              className="mappingRow"
              style={{ transform: `translateY(${start}px)` }}
              onFocus={() => setActive(index)}
            >
              <MappingRow
                row={row}
                connectionId={connectionId}
                filters={filters}
                withContacts={withContacts}
                whyNot={whyNot}
                isActive={index === active}
                isOpen={openId === id}
                isChanged={edits.changes.has(id)}
                refused={edits.refused.get(id)}
                onChange={onChange}
                onOpen={onOpen}
                onUndo={onUndo}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
