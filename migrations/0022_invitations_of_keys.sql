-- An invitation that a key has made ends with the key: what it was made with, and since when it is void.
alter table invitations
  -- The id of an API key, or `environment:` with the mark of HERALD_API_KEY; null for those that people have made.
  add column made_with text,
  -- The key has ended: nobody comes in by this invitation, and it stays in the list until it would have ended.
  add column voided_at timestamptz;
create index invitations_by_key on invitations (workspace_id, made_with) where made_with is not null;

-- Until now only the name of a key was kept. Of several keys with that name, one that is revoked decides: whoever is
-- invited can be invited again. Owners are fenced as everybody; here they look over all workspaces.
alter table api_keys no force row level security;
update invitations i
   set made_with = k.id::text, voided_at = case when k.revoked_at is not null then now() end
  from (select distinct on (workspace_id, name) workspace_id, name, id, revoked_at
          from api_keys order by workspace_id, name, revoked_at nulls last, id) k
 where k.workspace_id = i.workspace_id and k.name = i.invited_by
   and not exists (select from users u where u.id = i.invited_by);
alter table api_keys force row level security;
