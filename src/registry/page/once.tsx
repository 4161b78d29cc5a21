/** A value that is shown now and never again, with a button that copies it. */
import type { Child } from "hono/jsx";

/** @param lost what to do when it is lost, a sentence */
export function ShownOnce(props: { label: string; value: string; lost: string; children?: Child }) {
  return (
    <div class="card">
      <div class="notice warn" role="note">
        <b>This is shown now and never again.</b>
        Copy it to where it is needed before you leave this page. {props.lost}
      </div>
      <div class="field">
        <label for="value">{props.label}</label>
        <output id="value" tabindex={0}>
          {props.value}
        </output>
      </div>
      <div class="row">
        <button type="button" class="first" data-copies="value" data-says="said" hidden>
          Copy
        </button>
        <span role="status" id="said" />
      </div>
      {props.children}
    </div>
  );
}
