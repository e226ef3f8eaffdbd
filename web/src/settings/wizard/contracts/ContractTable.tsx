// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells and heads do not
import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useRef, useState } from 'react';
import { useRowKeys } from '../accounts/useRowKeys.ts';
import { ContractRow } from './ContractRow.tsx';
import type { Row } from './rows.ts';
import type { ContractEdits } from './useContracts.ts';

interface ContractTableProps {
  connectionId: string;
  rows: readonly Row[];
  edits: ContractEdits;
  withServices: boolean;
  defaultServiceId: string | undefined;
  whyNot: string | undefined;
}

const rowHeight = 44;

/** Organization → contract; only what is seen is drawn. Arrows or j k walk, Enter opens the choice of contracts. */
export function ContractTable(props: ContractTableProps) {
  const { connectionId, rows, edits, withServices, defaultServiceId, whyNot } = props;
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
  const onClose = useCallback((isDone: boolean) => {
    setOpenId(undefined);
    if (!isDone) return;
    // After the field has gone: the focus comes back to the row from which one opened it.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>('[tabindex="0"][role="row"]')?.focus(),
    );
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const isRow = (event.target as HTMLElement).getAttribute('role') === 'row';
    const row = rows[active];
    if (!isRow || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (move(event.key)) event.preventDefault();
    else if (event.key === 'Enter' && !whyNot) {
      event.preventDefault();
      setOpenId(row.organizationId);
    }
  };

  if (rows.length === 0) return <Text className="quiet">No organization fits these filters.</Text>;
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Which contract belongs to which organization"
      aria-rowcount={rows.length + 1}
      className={withServices ? 'mappings contracts withServices' : 'mappings contracts'}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className="mappingHead">
        <div role="row" aria-rowindex={1} className="mappingRow">
          <div role="columnheader">Organization and account</div>
          <div role="columnheader">Contract</div>
          {withServices && (
            <>
              <div role="columnheader">Add service</div>
              <div role="columnheader">Service</div>
              <div role="columnheader">Unit cost</div>
              <div role="columnheader">Unit price</div>
            </>
          )}
          <div role="columnheader" aria-label="Actions" />
        </div>
      </div>
      <div role="rowgroup" className="mappingBody" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
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
              <ContractRow
                row={row}
                connectionId={connectionId}
                withServices={withServices}
                defaultServiceId={defaultServiceId}
                whyNot={whyNot}
                isActive={index === active}
                isOpen={openId === row.organizationId}
                refused={edits.refused.get(row.organizationId)}
                onChange={edits.change}
                onOpen={setOpenId}
                onClose={onClose}
                onUndo={edits.undo}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
