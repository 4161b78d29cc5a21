/** Creating a token. Its value is in the answer to the form, and nowhere after it. */
import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import { listEnvironments } from "../../environments.ts";
import { mintToken, tokenRequest } from "../../management/token-acts.ts";
import type { RoomDeps } from "../../room.ts";
import { view } from "../../tokens.ts";
import type { View } from "../document.tsx";
import type { Form } from "../forms.ts";
import type { Gate, PageContext, PageEnv } from "../gate.ts";
import { checked, type Mistakes } from "../invalid.ts";
import type { Visitor } from "../sessions.ts";
import { type Filled, formPage } from "./form.tsx";
import { valuePage } from "./value.tsx";

/** Days. */
const usualLife = 30;

export function createRoutes(room: Hono<PageEnv>, gate: Gate, { db, now, origin }: RoomDeps): void {
  async function ask(visitor: Visitor, filled: Filled, mistakes?: Mistakes, status = 200): Promise<View> {
    const environments = (await listEnvironments(db, now())).map(({ name }) => name);
    // A number of its own: a form that is sent twice makes one token.
    return formPage({
      visitor,
      filled,
      mistakes,
      status,
      environments,
      today: dateOf(now()),
      number: randomUUID(),
    });
  }

  room.get(
    "/tokens/new",
    gate.shows((visitor, c) =>
      ask(visitor, {
        name: "",
        permission: "read_only",
        expiry: "date",
        date: dateOf(new Date(now().getTime() + usualLife * 86_400_000)),
        environment: "",
        ...givenIn(c),
      }),
    ),
  );

  room.post(
    "/tokens/new",
    gate.does(async (visitor, form, c) => {
      const filled = filledIn(form);
      const number = form("number");
      if (!/^[\w-]{20,64}$/.test(number))
        return ask(visitor, filled, { form: "The form was not complete. Send it again." }, 400);
      const outcome = await checked(requestOf(filled), tokenRequest, fields, (wanted) =>
        mintToken(db, visitor.caller, wanted, now(), `page-${number}`),
      );
      if ("mistakes" in outcome) {
        const { mistakes, status } = outcome;
        const isUsed = status === 409;
        return ask(visitor, filled, isUsed ? { form: used } : mistakes, status);
      }
      const { token, value } = outcome.result;
      if (value === undefined) return `/tokens/${token.id}?done=shown`;
      return valuePage(view(token, now()), value, new URL(origin(c.req.raw)));
    }),
  );
}

const used =
  "This form has made another token already, whose value was shown then. Send it again to make one more.";

const fields = {
  name: { field: "name", title: "The name" },
  permission: { field: "permission", title: "The permission", advice: "Choose one." },
  expires_at: { field: "date", title: "The day", advice: "Choose a day, or Never." },
  environment: { field: "environment", title: "The environment" },
};

/** What its address fills in: an environment's page does, and who had to log in meanwhile. */
function givenIn(c: PageContext): Partial<Filled> {
  const { name, permission, expiry, date, environment } = c.req.query();
  return Object.fromEntries(
    Object.entries({ name, permission, expiry, date, environment }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

function filledIn(form: Form): Filled {
  return {
    name: form("name"),
    permission: form("permission"),
    expiry: form("expiry"),
    date: form("date"),
    environment: form("environment"),
  };
}

/** As the management API would be asked. A token lives to the end of its last day. */
function requestOf({ name, permission, expiry, date, environment }: Filled) {
  return {
    name: name.trim(),
    permission,
    expires_at: expiry === "never" ? null : `${date}T23:59:59.999Z`,
    ...(environment !== "" && { environment }),
  };
}

/** `2026-12-22`, in UTC. */
function dateOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
