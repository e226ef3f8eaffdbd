import { Modal, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { NewOrganizationForm } from './NewOrganizationForm.tsx';

/** Asks for a name and the first reference; everything else is on the organization's own page, which follows. */
export function AddOrganization({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const navigate = useNavigate();
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add organization" centered>
      <NewOrganizationForm
        action="Add"
        onCancel={onClose}
        onMade={({ id }) =>
          void navigate({
            to: '/organizations/$organizationId',
            params: { organizationId: id },
            search: {},
          })
        }
      >
        <Text size="sm" className="quiet">
          Its switches start as Settings &gt; Workspace says.
        </Text>
      </NewOrganizationForm>
    </Modal>
  );
}
