import { defineDelivery } from "./delivery.ts";
import { refuseStrangers } from "./destination.ts";

/** A person sees the value, once, on a page of this machine; whoever called does not. */
export const revealPage = defineDelivery({
  id: "reveal_page",
  title: "on a page that a person opens, once",
  reveals: false,
  by_hand: true,
  async check(destination) {
    refuseStrangers("reveal_page", destination, []);
    const { listen } = await import("./reveal/listen.ts");
    (await listen()).close();
  },
  async deliver(login, _destination, means) {
    const { openPage } = await import("./reveal/page.ts");
    const { token } = login;
    const page = await openPage(login, async () => token && means.abandon(token));
    means.keepOpen(page.url, page);
    return {
      kind: "reveal_page",
      location: page.url,
      next: `Tell the user: open ${page.url} in a browser on this machine (no other reaches it); do not open it yourself. ${page.invitation}`,
    };
  },
});
