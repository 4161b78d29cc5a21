/**
 * What runs in the page: the view's part of MCP Apps (revision 2026-01-26), JSON-RPC by postMessage with whoever holds the
 * frame. What the server says becomes text nodes and never markup. It calls `list_tokens` for the next page, and nothing else.
 */
import { variables } from "./style.ts";

export const script = `
"use strict";
const at = (id) => document.getElementById(id);
const [said, table, head, rows, hint, more] = ["said", "table", "head", "rows", "hint", "more"].map(at);
const theirs = ${JSON.stringify(variables)};
const words = { __proto__: null, read_only: "Read only", read_write: "Read and write", active: "Active", expired: "Expired", revoked: "Revoked" };
const asked = new Map();
let count = 0, lists = 0, input = {}, total, cursor, mayCall = false, locale, timeZone;

const post = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
const ask = (method, params) => new Promise((resolve, reject) => {
  asked.set(++count, { resolve, reject });
  post({ id: count, method, params });
});
const make = (tag, content, attributes = {}) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...[content].flat());
  return element;
};
const plain = (text) => make("bdi", String(text ?? ""));
const inWords = (date, options) => {
  try { return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(date); } catch { return date.toISOString(); }
};
const time = (text) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return plain(text);
  return make("time", inWords(date, { dateStyle: "medium", timeStyle: "short" }), { datetime: date.toISOString(), title: date.toISOString() });
};
const soon = (text) => text ? [make("small", String(text))] : [];

const columns = {
  Name: ({ name }) => plain(name),
  Username: ({ username }) => plain(username),
  Permission: ({ permission, scope, environment }) =>
    [words[permission] ?? plain(scope), ...(environment ? [make("small", plain(environment))] : [])],
  "Created By": ({ created_by }) => plain(created_by),
  Created: ({ created_at }) => time(created_at),
  Expires: ({ expires_at, when }) => [expires_at === null ? "Never" : time(expires_at), ...soon(when)],
  Status: ({ status }) => words[status] ?? plain(status),
};
head.append(...Object.keys(columns).map((name) => make("th", name, { scope: "col", role: "columnheader" })));

const row = (token) => make("tr", Object.entries(columns).map(([name, cell], index) =>
  index === 0
    ? make("th", cell(token), { scope: "row", role: "rowheader" })
    : make("td", cell(token), { role: "cell", "data-column": name })), { role: "row", "data-status": String(token.status) });

function show({ isError, structuredContent, content } = {}) {
  const { tokens, next_cursor, expiring } = structuredContent ?? {};
  if (isError || !Array.isArray(tokens)) {
    const text = (Array.isArray(content) ? content : []).map((block) => block?.text ?? "").join(" ").trim();
    throw new Error(text || "The list could not be read.");
  }
  const whens = new Map((Array.isArray(expiring) ? expiring : []).map(({ id, when }) => [id, when]));
  const added = tokens.map((token) => row({ ...token, when: whens.get(token.id) }));
  rows.append(...added);
  const all = rows.childElementCount;
  cursor = next_cursor;
  // The first page says it, and the next ones need not.
  total = structuredContent.total ?? total;
  said.textContent = all === 0
    ? "No token matches. Ask the agent to generate one, or to list them without a filter."
    : all + (total > all ? " of " + total : "") + (all === 1 && !(total > 1) ? " token." : " tokens.");
  table.hidden = all === 0;
  more.hidden = !cursor || !mayCall;
  hint.hidden = !cursor || mayCall;
  hint.textContent = "There are more: ask the agent for the next page.";
  return added;
}
function fail(error) {
  said.textContent = "Not listed: " + (error?.message || "the host did not say why") + (/[.!?]$/.test(error?.message) ? "" : ".");
}
function first(result) {
  rows.replaceChildren();
  lists++;
  total = undefined;
  table.hidden = more.hidden = hint.hidden = true;
  try { show(result); } catch (error) { fail(error); }
}
more.addEventListener("click", async () => {
  more.setAttribute("aria-disabled", "true");
  const list = lists;
  if (asked.size === 0) try {
    const result = await ask("tools/call", { name: "list_tokens", arguments: { ...input, cursor } });
    // Of a list that another one has taken the place of meanwhile, no more is shown.
    const [next] = list === lists ? show(result) : [];
    // Whoever used the keyboard goes on where they were, also when the button has gone.
    const name = next?.firstChild;
    name?.setAttribute("tabindex", "-1");
    name?.focus();
  } catch (error) { if (list === lists) fail(error); }
  more.removeAttribute("aria-disabled");
});

function dress({ theme, styles, locale: language, timeZone: zone } = {}) {
  const root = document.documentElement.style;
  if (theme === "light" || theme === "dark") root.colorScheme = theme;
  for (const name of theirs) {
    const value = styles?.variables?.[name];
    if (typeof value === "string") root.setProperty(name, value);
  }
  locale = language ?? locale;
  timeZone = zone ?? timeZone;
}
const told = new Map(Object.entries({
  "ui/notifications/tool-input": ({ arguments: given }) => { input = given ?? {}; },
  "ui/notifications/tool-result": first,
  "ui/notifications/tool-cancelled": () => fail({ message: "the call was cancelled" }),
  "ui/notifications/host-context-changed": dress,
}));
addEventListener("message", ({ source, data }) => {
  if (source !== parent || data?.jsonrpc !== "2.0") return;
  const { id, method, params, result, error } = data;
  if (method === undefined) {
    const { resolve, reject } = asked.get(id) ?? {};
    asked.delete(id);
    if (error) reject?.(error); else resolve?.(result);
  } else if (id === undefined) told.get(method)?.(params ?? {});
  else if (method === "ping" || method === "ui/resource-teardown") post({ id, result: {} });
  else post({ id, error: { code: -32601, message: "Method not found" } });
});

let size = "", mayTell = false;
new ResizeObserver(() => {
  const { width, height } = document.documentElement.getBoundingClientRect();
  const now = { width: Math.ceil(width), height: Math.ceil(height) };
  if (size === JSON.stringify(now)) return;
  size = JSON.stringify(now);
  if (mayTell) post({ method: "ui/notifications/size-changed", params: now });
}).observe(document.documentElement);
if (parent === window) said.textContent = "This page is for hosts of MCP Apps: they show it beside the result of list_tokens.";
else ask("ui/initialize", {
  protocolVersion: "2026-01-26",
  appInfo: { name: "fly-tokens", version: "1" },
  appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
}).then(({ hostCapabilities, hostContext } = {}) => {
  mayCall = hostCapabilities?.serverTools !== undefined;
  dress(hostContext);
  post({ method: "ui/notifications/initialized" });
  mayTell = true;
  if (size) post({ method: "ui/notifications/size-changed", params: JSON.parse(size) });
}, fail);
`;
