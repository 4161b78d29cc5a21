/** What the forms of several pages have in common. */

/** The end of a form: the button that sends it, and the way out. @param danger for what cannot be taken back */
export function Decision(props: { act: string; danger?: boolean; or: { to: string; title: string } }) {
  return (
    <div class="row">
      <button type="submit" class={props.danger ? "danger" : "first"}>
        {props.act}
      </button>
      <a class="button" href={props.or.to}>
        {props.or.title}
      </a>
    </div>
  );
}

/** One of a field's values. @param note what it means for whoever chooses it, a sentence */
export function Choice(props: {
  field: string;
  value: string;
  title: string;
  note: string;
  checked: boolean;
}) {
  const { field, value, title, note, checked } = props;
  return (
    <div class="choice">
      <input type="radio" id={value} name={field} value={value} checked={checked} />
      <label for={value}>
        {title}
        <span>{note}</span>
      </label>
    </div>
  );
}
