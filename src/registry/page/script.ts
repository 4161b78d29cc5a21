/**
 * The page's only script: the button that copies a value, that the value is gone when its page is left, and that a form
 * which is on its way is not sent again: the first answer, with the value in it, would be lost.
 */
export const script = `"use strict";
const sent = new Set();
addEventListener("submit", (event) => {
  if (sent.has(event.target)) event.preventDefault();
  else if (event.target.method === "post") {
    sent.add(event.target);
    setTimeout(() => sent.delete(event.target), 5000);
  }
});
for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  const said = document.getElementById(button.dataset.says);
  addEventListener("pagehide", () => { source.textContent = ""; });
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.focus();
  button.addEventListener("click", () => navigator.clipboard.writeText(source.textContent).then(
    () => { said.textContent = "Copied."; },
    () => { said.textContent = "Not copied: select the value and copy it."; },
  ));
}
`;

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3551c7"/><circle cx="12" cy="16" r="5" fill="none" stroke="#fff" stroke-width="3"/><path d="M17 16h10m-4 0v5" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>
`;
