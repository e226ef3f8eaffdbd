-- Why nothing is owed for an alert, as a fact: without deliveries and without this it is not accounted for (decision 24).
-- Null for alerts that have deliveries, whose trace says the rest.
alter table alerts add column nothing_owed text check (nothing_owed in ('noConnection', 'connectionNotSetUp'));

-- What was said in words until now, read once. Owners are fenced as everybody; here they look over all workspaces.
alter table alerts no force row level security;
alter table deliveries no force row level security;
update alerts a
   set nothing_owed = said.code
  from (select a.workspace_id, a.id,
               max(case when line like 'No ticket: the PSA connection chosen%' then 'connectionNotSetUp'
                        else 'noConnection' end) as code
          from alerts a cross join lateral json_array_elements_text(a.trace) t(line)
         where line like 'No ticket%'
           and not exists (select from deliveries d where d.workspace_id = a.workspace_id and d.alert_id = a.id)
         group by a.workspace_id, a.id) said
 where a.workspace_id = said.workspace_id and a.id = said.id;
alter table alerts force row level security;
alter table deliveries force row level security;
