/** What every page has in common, and how a page becomes an answer. */
import type { Child } from "hono/jsx";
import { addressOf } from "./files.ts";
import { personal } from "./headers.ts";
import type { Visitor } from "./sessions.ts";

/** A page before it is put into the document. */
export interface View {
  title: string;
  /** What `main` holds, with the page's only `h1`. */
  body: Child;
  /** Which place of the navigation it belongs to. */
  place?: "tokens" | "environments" | "users";
  /** One column of text or a form. */
  slim?: boolean;
  status?: number;
  headers?: Record<string, string>;
}

const places = [
  { id: "tokens", title: "Tokens", path: "/" },
  { id: "environments", title: "Environments", path: "/environments" },
  { id: "users", title: "Users", path: "/users" },
] as const;

/** @param visitor who is logged in; without one there is nothing to navigate to */
export function answer(view: View, visitor?: Visitor): Response {
  const html = `<!doctype html>${<Document view={view} visitor={visitor} />}`;
  return new Response(html, { status: view.status ?? 200, headers: { ...personal, ...view.headers } });
}

function Document({ view, visitor }: { view: View; visitor: Visitor | undefined }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{view.title} · fly-tokens</title>
        <link rel="icon" href={addressOf("/page.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={addressOf("/page.css")} />
        <script src={addressOf("/page.js")} defer />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <div>
            <a class="brand" href="/">
              <img src={addressOf("/page.svg")} alt="" />
              fly-tokens
            </a>
            {visitor && <Navigation visitor={visitor} place={view.place} />}
          </div>
        </header>
        <main id="main" tabindex={-1} class={view.slim ? "slim" : ""}>
          {view.body}
        </main>
      </body>
    </html>
  );
}

function Navigation({ visitor, place }: { visitor: Visitor; place: View["place"] }) {
  const { username, role } = visitor.caller;
  return (
    <>
      <nav aria-label="Main">
        <ul>
          {places
            .filter(({ id }) => id !== "users" || role === "admin")
            .map(({ id, title, path }) => (
              <li>
                <a href={path} aria-current={id === place ? "page" : undefined}>
                  {title}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <div class="who">
        <span>
          <b>{username}</b> ({role})
        </span>
        <PostForm to="/log-out" visitor={visitor}>
          <button type="submit" class="plain">
            Log out
          </button>
        </PostForm>
      </div>
    </>
  );
}

/** A form that changes something: with what tells it from a form of another page. */
export function PostForm(props: { to: string; visitor: Visitor; class?: string; children?: Child }) {
  return (
    <form method="post" action={props.to} class={props.class}>
      <input type="hidden" name="form_token" value={props.visitor.formToken} />
      {props.children}
    </form>
  );
}
