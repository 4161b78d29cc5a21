/** The form for a new token. */
import { PostForm, type View } from "../document.tsx";
import { Choice, Decision } from "../form-parts.tsx";
import type { Mistakes } from "../invalid.ts";
import { described, Field, Head, Notice, Wrong } from "../parts.tsx";
import type { Visitor } from "../sessions.ts";

/** What was filled in, as it came. */
export interface Filled {
  name: string;
  permission: string;
  expiry: string;
  date: string;
  environment: string;
}

interface Props {
  visitor: Visitor;
  filled: Filled;
  mistakes: Mistakes | undefined;
  status: number;
  environments: string[];
  /** `2026-11-22`. */
  today: string;
  /** Of this form; no other has it. */
  number: string;
}

export function formPage(props: Props): View {
  const { visitor, filled, mistakes = {}, status, environments, number } = props;
  return {
    title: "Create a token",
    place: "tokens",
    slim: true,
    status,
    body: (
      <>
        <Head title="Create a token" back={{ to: "/", title: "Tokens" }} />
        {mistakes.form && <Notice kind="bad">{mistakes.form}</Notice>}
        <PostForm to="/tokens/new" visitor={visitor} class="card">
          <input type="hidden" name="number" value={number} />
          <Field
            name="name"
            label="Name"
            value={filled.name}
            hint="Who or what will use it: you will look for it by this name."
            wrong={mistakes.name}
            maxlength={100}
            first={!mistakes.form && !mistakes.date && !mistakes.environment}
          />
          <Permission value={filled.permission} wrong={mistakes.permission} />
          <Expiry {...props} wrong={mistakes.date} />
          <Environment value={filled.environment} names={environments} wrong={mistakes.environment} />
          <Decision act="Create" or={{ to: "/", title: "Cancel" }} />
        </PostForm>
      </>
    ),
  };
}

function Permission({ value, wrong }: { value: string; wrong: string | undefined }) {
  return (
    <fieldset class="field" {...(wrong && { "aria-describedby": "permission-wrong" })}>
      <legend>Permission</legend>
      <Wrong name="permission">{wrong}</Wrong>
      <Choice
        field="permission"
        value="read_only"
        title="Read-only"
        note="Downloads packages and images. Enough for deployments and most builds."
        checked={value !== "read_write"}
      />
      <Choice
        field="permission"
        value="read_write"
        title="Read & write"
        note="Publishes and deletes, too."
        checked={value === "read_write"}
      />
    </fieldset>
  );
}

function Expiry({ filled, today, wrong }: Props & { wrong: string | undefined }) {
  const never = filled.expiry === "never";
  return (
    <fieldset class="field">
      <legend>Expires</legend>
      <Wrong name="date">{wrong}</Wrong>
      <div class="choice">
        <input type="radio" id="until" name="expiry" value="date" checked={!never} />
        <label for="until">At the end of a day (UTC)</label>
        <input
          class="date"
          type="date"
          id="date"
          name="date"
          aria-label="Last day"
          min={today}
          value={filled.date}
          autofocus={Boolean(wrong)}
          {...described("date", undefined, wrong)}
        />
      </div>
      <Choice
        field="expiry"
        value="never"
        title="Never"
        note="It opens until somebody revokes it. Rather choose a date."
        checked={never}
      />
    </fieldset>
  );
}

function Environment(props: { value: string; names: string[]; wrong: string | undefined }) {
  const { value, names, wrong } = props;
  const hint = "Images that are pulled with it count as what runs there.";
  return (
    <div class="field">
      <label for="environment">Environment</label>
      <p class="hint" id="environment-hint">
        {hint} {names.length === 0 && <a href="/environments/new">Create an environment</a>}
      </p>
      <Wrong name="environment">{wrong}</Wrong>
      <select id="environment" name="environment" {...described("environment", hint, wrong)}>
        <option value="">None</option>
        {names.map((name) => (
          <option value={name} selected={name === value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
