// biome-ignore-all lint/a11y/useSemanticElements: only some rows are drawn, each at its place; a table cannot do that
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, their cells do not
import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { visible } from '../../../parts/visible.ts';
import { CellSelect, CellText } from '../mapping/CellChoice.tsx';
import { ProblemText } from '../mapping/ProblemText.tsx';
import { type Service, servicesQuery } from '../offers/queries.ts';
import type { ContractRowProps } from './ContractRow.tsx';
import { type Choice, isPrice } from './rows.ts';

/** What is billed on the contract of a row: the service, and cost and price of a unit where they differ (req 98, 102, 103). */
export function ServiceCells(props: ContractRowProps) {
  const { row, connectionId, defaultServiceId, whyNot, isActive, onChange } = props;
  const { choice, contract, name } = row;
  const { data } = useQuery(servicesQuery(connectionId));
  const set = (change: Partial<Choice>) => onChange(row, { ...choice, ...change });
  if (choice.contractId === null) return <div role="gridcell" className="noServices" />;
  const effective = data?.find(({ id }) => id === (choice.serviceId ?? defaultServiceId));
  const noAdding =
    contract?.takesServices === false ? 'No service can be added to a contract of this type.' : undefined;
  const reason = whyNot ?? noAdding;
  const tabIndex = isActive ? 0 : -1;
  return (
    <>
      <div role="gridcell" className="contractAdd" {...(reason && { title: reason })}>
        <Checkbox
          size="xs"
          aria-label={`Add the service to the contract of ${name}`}
          label={<span className="onPhone">Add service</span>}
          checked={choice.addService}
          disabled={reason !== undefined && !(choice.addService && !whyNot)}
          tabIndex={tabIndex}
          onChange={(event) => set({ addService: event.currentTarget.checked })}
        />
      </div>
      <div role="gridcell" className="contractService">
        <ServiceCell {...props} tabIndex={tabIndex} onChoose={(serviceId) => set({ serviceId })} />
      </div>
      <div role="gridcell">
        <PriceInput
          label={`Unit cost for ${name}`}
          short="Unit cost"
          value={choice.unitCost}
          usual={effective?.unitCost}
          whyNot={whyNot}
          tabIndex={tabIndex}
          onSet={(unitCost) => set({ unitCost })}
        />
      </div>
      <div role="gridcell">
        <PriceInput
          label={`Unit price for ${name}`}
          short="Unit price"
          value={choice.unitPrice}
          usual={effective?.unitPrice}
          whyNot={whyNot}
          tabIndex={tabIndex}
          onSet={(unitPrice) => set({ unitPrice })}
        />
      </div>
    </>
  );
}

const byDefault = '';

interface ServiceCellProps extends ContractRowProps {
  tabIndex: number;
  onChoose(serviceId: string | null): void;
}

function ServiceCell(props: ServiceCellProps) {
  const { row, connectionId, defaultServiceId, whyNot, tabIndex, onChoose } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [takesFocus, setTakesFocus] = useState(false);
  const close = (isDone: boolean) => {
    setTakesFocus(isDone);
    setIsOpen(false);
  };
  const { data, error } = useQuery(servicesQuery(connectionId));
  if (error) return <ProblemText error={error} />;
  const chosen = row.choice.serviceId;
  const nameOf = (id: string) => serviceName(data, id);
  const usual = defaultServiceId === undefined ? 'Default service' : `Default: ${nameOf(defaultServiceId)}`;
  if (!isOpen) {
    const words = chosen === null ? usual : nameOf(chosen);
    return (
      <CellText
        words={words}
        label={`Service for ${row.name}: ${words}`}
        hint="Choose another service"
        isQuiet={chosen === null}
        whyNot={whyNot}
        tabIndex={tabIndex}
        takesFocus={takesFocus}
        onOpen={() => setIsOpen(true)}
      />
    );
  }
  const offered = (data ?? []).filter(({ id, isActive }) => isActive || id === chosen);
  return (
    <CellSelect
      aria-label={`Service for ${row.name}`}
      listWidth={260}
      selectFirstOptionOnChange
      value={null}
      placeholder={chosen === null ? usual : nameOf(chosen)}
      data={[
        { value: byDefault, label: usual },
        ...offered.map(({ id }) => ({ value: id, label: nameOf(id) })),
      ]}
      nothingFoundMessage="No service is called that."
      onClose={close}
      onChange={(id) => {
        onChoose(id === byDefault ? null : id);
        close(true);
      }}
    />
  );
}

/** With its id while nobody knows its name. */
function serviceName(services: readonly Service[] | undefined, id: string): string {
  const service = services?.find((one) => one.id === id);
  if (!service) return `service ${id}`;
  return service.isActive ? visible(service.name) : `${visible(service.name)} (not active)`;
}

interface PriceInputProps {
  label: string;
  /** Where no column heads are seen. */
  short: string;
  value: string | null;
  /** As in the catalogue. */
  usual: string | undefined;
  whyNot: string | undefined;
  tabIndex: number;
  onSet(value: string | null): void;
}

/** Taken when one leaves the field or presses Enter; what cannot be a price stays there, and its row says why. */
function PriceInput({ label, short, value, usual, whyNot, tabIndex, onSet }: PriceInputProps) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const isTaken = text.trim() === (value ?? '');
  const take = () => {
    if (!isTaken) onSet(text.trim() || null);
  };
  return (
    <TextInput
      size="xs"
      inputMode="decimal"
      aria-label={label}
      leftSection={<span className="onPhone">{short}</span>}
      leftSectionWidth="var(--price-label)"
      leftSectionPointerEvents="none"
      placeholder={usual ?? ''}
      value={text}
      error={isTaken && !isPrice(value)}
      disabled={whyNot !== undefined}
      tabIndex={tabIndex}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') take();
      }}
    />
  );
}
