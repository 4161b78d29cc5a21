/** Pages that say what went wrong, and what to do. */
import { Refusal } from "../caller.ts";
import type { View } from "./document.tsx";
import { Head, Notice } from "./parts.tsx";
import { shown } from "./shown.ts";

interface Advice {
  title: string;
  advice: string;
}

const advices: { [status: number]: Advice } = {
  400: { title: "That could not be read", advice: "Begin again at the first page." },
  403: { title: "That is not allowed", advice: "Open the page from here and try again." },
  404: { title: "There is nothing here", advice: "It may have been deleted. Look for it in the list." },
  409: { title: "That cannot be done now", advice: "Go back and look at what has changed." },
  429: { title: "Too many tries", advice: "Wait for a minute, then try again." },
  503: {
    title: "The database does not answer",
    advice:
      "Nothing was decided: wait a moment, then load the page again. Look whether a change has arrived before you repeat it.",
  },
};

const unknown: Advice = { title: "That did not work", advice: "Begin again at the first page." };

/** @param refusal shown with what to do about it */
export function refusalPage({ status, message, headers }: Refusal): View {
  const { title, advice } = advices[status] ?? unknown;
  return trouble(status, title, message, advice, headers);
}

/** For an address that nothing answers at. */
export function notFoundPage(): View {
  return refusalPage(new Refusal(404, "not_found", "There is no page at this address."));
}

/** For a fault of ours. */
export function faultPage(): View {
  return trouble(
    500,
    "The registry failed",
    "Its log says why.",
    "Try again; if it stays so, ask who runs it.",
  );
}

function trouble(
  status: number,
  title: string,
  message: string,
  advice: string,
  headers: Record<string, string> = {},
): View {
  return {
    title,
    status,
    headers,
    slim: true,
    body: (
      <>
        <Head title={title} />
        <Notice kind="bad">
          <b>{shown(message)}</b>
          {advice}
        </Notice>
        <p>
          <a class="button" href="/">
            To the tokens
          </a>
        </p>
      </>
    ),
  };
}
