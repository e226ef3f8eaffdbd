import { Button, CloseButton, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useSession } from '../api/session.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { tellDone } from '../parts/tell.tsx';
import type { AlertFilter } from './queries.ts';
import { longestName, openViews, standingViews, type View } from './views.ts';

/** Views under their names: chosen, saved and deleted here. A view is an address, so choosing one is following a link. */
export function SavedViews({ filter }: { filter: AlertFilter }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          fw={400}
          flex="none"
          aria-haspopup="dialog"
          onClick={() => setOpen((was) => !was)}
        >
          Saved views
          <span aria-hidden="true" className="caret">
            ▾
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Saved views" w={320} maw="calc(100vw - 24px)">
        <Views filter={filter} close={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Views({ filter, close }: { filter: AlertFilter; close(): void }) {
  const { user, workspace } = useSession();
  const store = useMemo(() => openViews(user.id, workspace.id), [user.id, workspace.id]);
  const [own, setOwn] = useState(() => store.read());
  const list = useRef<HTMLUListElement>(null);
  const remove = ({ name }: View) => {
    store.remove(name);
    setOwn(store.read());
    tellDone(`The view “${name}” is deleted.`);
    // The button that was pressed is gone; the keyboard goes on from the top of the list.
    list.current?.querySelector('a')?.focus();
  };
  return (
    <Stack gap="sm">
      <ul className="views" ref={list}>
        {standingViews.map((view) => (
          <ViewRow key={view.name} view={view} onChoose={close} />
        ))}
        {own.map((view) => (
          <ViewRow key={view.name} view={view} onChoose={close} onRemove={() => remove(view)} />
        ))}
      </ul>
      {own.length === 0 && (
        <Text size="sm" className="quiet">
          None of your own yet. Set the filters that you look at often and give them a name here: then they
          are one click away.
        </Text>
      )}
      <SaveForm
        filter={filter}
        save={(name) => {
          const problem = store.save({ name, filter });
          setOwn(store.read());
          if (problem === undefined) tellDone(`The view “${name}” is saved in this browser.`);
          return problem;
        }}
      />
    </Stack>
  );
}

interface ViewRowProps {
  view: View;
  onChoose(): void;
  /** Those that are always there cannot be deleted. */
  onRemove?: () => void;
}

function ViewRow({ view: { name, filter }, onChoose, onRemove }: ViewRowProps) {
  return (
    <Group component="li" gap="xs" wrap="nowrap" justify="space-between">
      <Link to="/alerts" search={filter} activeOptions={{ exact: true }} className="view" onClick={onChoose}>
        <Foreign text={name} />
      </Link>
      {onRemove && <CloseButton size="sm" aria-label={`Delete the view ${name}`} onClick={onRemove} />}
    </Group>
  );
}

function SaveForm({ filter, save }: { filter: AlertFilter; save(name: string): string | undefined }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = name.trim();
        if (!isFiltered) return;
        const found = wanted === '' ? 'Give it a name.' : save(wanted);
        setProblem(found);
        if (found === undefined) setName('');
      }}
    >
      <TextInput
        label="Save the present filters as"
        description="Kept in this browser, for you alone."
        maxLength={longestName}
        value={name}
        error={problem}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setProblem(undefined);
        }}
      />
      <ActionButton
        mt="xs"
        type="submit"
        size="compact-md"
        whyNot={isFiltered ? undefined : 'No filter is set: there is nothing to save.'}
      >
        Save
      </ActionButton>
    </form>
  );
}
