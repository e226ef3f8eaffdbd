import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { visible } from '../../../parts/visible.ts';
import { CellSelect, CellText } from '../mapping/CellChoice.tsx';
import { CellMark } from '../mapping/CellMark.tsx';
import { ProblemText } from '../mapping/ProblemText.tsx';
import { type Contract, contractsQuery } from '../offers/queries.ts';
import type { ContractRowProps } from './ContractRow.tsx';
import { noChoice, type Row } from './rows.ts';

const none = '';

/** The contract of a row. Contracts are asked of the PSA when one wants to choose. */
export function ContractCell(props: ContractRowProps) {
  const { row, whyNot, isActive, isOpen, onOpen } = props;
  if (isOpen) return <Choose {...props} />;
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      <CellText
        words={nameOf(row)}
        label={`Contract of ${row.name}: ${nameOf(row)}`}
        hint="Choose the contract"
        isQuiet={row.choice.contractId === null}
        whyNot={whyNot}
        tabIndex={isActive ? 0 : -1}
        onOpen={() => onOpen(row.organizationId)}
      />
      {row.contract?.isActive === false && <CellMark color="red">not in force</CellMark>}
      {row.isChanged && <CellMark color="yellow">not saved</CellMark>}
    </Group>
  );
}

function nameOf({ contract, choice }: Row): string {
  if (choice.contractId === null) return 'No contract';
  return contract ? visible(contract.name) : `Contract ${choice.contractId}`;
}

function Choose({ row, connectionId, onChange, onClose }: ContractRowProps) {
  const { accountId, choice, name } = row;
  const { data, error } = useQuery(contractsQuery(connectionId, accountId));
  if (error) return <ProblemText error={error} />;
  const choose = (id: string | null) => {
    const contract = data?.find((one) => one.id === id);
    if (contract) onChange(row, { ...choice, contractId: contract.id, ...servicesOf(contract) }, contract);
    else if (id === none) onChange(row, noChoice);
    onClose(true);
  };
  return (
    <CellSelect
      aria-label={`Contract of ${name}`}
      listWidth={340}
      selectFirstOptionOnChange
      // What one types begins anew; the chosen one stands behind it.
      value={null}
      placeholder={data ? nameOf(row) : 'Asking the PSA …'}
      data={data ? optionsOf(data, row) : []}
      nothingFoundMessage={data ? 'No contract of this account is called that.' : 'Asking the PSA …'}
      onClose={onClose}
      onChange={choose}
    />
  );
}

/** What was chosen for a contract with services does not go over to one without. */
const servicesOf = ({ takesServices }: Contract) => (takesServices ? {} : { addService: false });

/** Those in force; the chosen one in any case. */
function optionsOf(contracts: readonly Contract[], { choice: { contractId } }: Row) {
  const offered = contracts.filter(({ id, isActive }) => isActive || id === contractId);
  const first = offered.length === 0 ? 'No contract (this account has none in force)' : 'No contract';
  const isListed = contractId === null || offered.some(({ id }) => id === contractId);
  return [
    { value: none, label: first },
    ...offered.map((one) => ({ value: one.id, label: labelOf(one) })),
    ...(isListed ? [] : [{ value: contractId, label: `Contract ${contractId} (not of this account)` }]),
  ];
}

function labelOf({ name, number, endsOn, isActive }: Contract): string {
  const details = [number && visible(number), isActive ? endsOn && `until ${endsOn}` : 'not in force'];
  const said = details.filter(Boolean).join(', ');
  return said === '' ? visible(name) : `${visible(name)} (${said})`;
}
