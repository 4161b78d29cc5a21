/** What the table of tokens is narrowed by. */
import type { TokenQuery } from "../../token-list.ts";
import { permissions, shown } from "../shown.ts";
import { isFiltered } from "./query.ts";

const statuses = { active: "Active", expired: "Expired", revoked: "Revoked" };

export function Filters({ wanted, environments }: { wanted: TokenQuery; environments: string[] }) {
  return (
    <search>
      <form method="get" action="/" class="filters" aria-label="Filter the tokens">
        <div class="field">
          <label for="name">Name contains</label>
          <input id="name" name="name" type="search" maxlength={100} value={shown(wanted.name ?? "")} />
        </div>
        <Choice name="status" label="Status" options={statuses} value={wanted.status} />
        <Choice name="permission" label="Permission" options={permissions} value={wanted.permission} />
        <Choice
          name="environment"
          label="Environment"
          options={optionsOf(environments, wanted.environment)}
          value={wanted.environment}
        />
        {wanted.created_by !== undefined && (
          <input type="hidden" name="created_by" value={wanted.created_by} />
        )}
        {wanted.sort !== "-created_at" && <input type="hidden" name="sort" value={wanted.sort} />}
        <div class="row">
          <button type="submit">Filter</button>
          {isFiltered(wanted) && <a href="/">Show all</a>}
        </div>
      </form>
      {wanted.created_by !== undefined && (
        <p class="quiet small">Only those that {shown(wanted.created_by)} has created.</p>
      )}
    </search>
  );
}

/** With the one that is chosen, also when it is deleted meanwhile: what the table shows is what the filters say. */
function optionsOf(names: string[], chosen: string | undefined): Record<string, string> {
  const all = chosen === undefined || names.includes(chosen) ? names : [...names, chosen];
  return Object.fromEntries(all.map((name) => [name, shown(name)]));
}

function Choice(props: {
  name: string;
  label: string;
  options: Record<string, string>;
  value: string | undefined;
}) {
  const { name, label, options, value } = props;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        <option value="">Any</option>
        {Object.entries(options).map(([id, title]) => (
          <option value={id} selected={id === value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}
