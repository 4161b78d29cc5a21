/** The form for a new token. */
import { PostForm, type View } from "../document.tsx";
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
          <div class="row">
            <button type="submit" class="first">
              Create
            </button>
            <a class="button" href="/">
              Cancel
            </a>
          </div>
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
      <div class="choice">
        <input
          type="radio"
          id="read_only"
          name="permission"
          value="read_only"
          checked={value !== "read_write"}
        />
        <label for="read_only">
          Read-only
          <span>Downloads packages and images. Enough for deployments and most builds.</span>
        </label>
      </div>
      <div class="choice">
        <input
          type="radio"
          id="read_write"
          name="permission"
          value="read_write"
          checked={value === "read_write"}
        />
        <label for="read_write">
          Read & write
          <span>Publishes and deletes, too.</span>
        </label>
      </div>
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
      <div class="choice">
        <input type="radio" id="never" name="expiry" value="never" checked={never} />
        <label for="never">
          Never
          <span>It opens until somebody revokes it. Rather choose a date.</span>
        </label>
      </div>
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
