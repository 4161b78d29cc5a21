/** What pages are made of. */
import type { Child } from "hono/jsx";
import { day, distance, minute, shown } from "./shown.ts";

/** Text that people or programs have chosen: its direction does not spill over to what stands beside it. */
export function Text({ children }: { children: string }) {
  return <bdi>{shown(children)}</bdi>;
}

/** A user's name, which is rather broken after its `@` than anywhere else. */
export function UserName({ children }: { children: string }) {
  const [first = "", ...rest] = children.split(/(?<=@)/);
  return (
    <>
      {first}
      {rest.map((part) => (
        <>
          <wbr />
          {part}
        </>
      ))}
    </>
  );
}

/** A moment, exact, and how far from now. @param at ISO 8601 */
export function Moment({ at, now }: { at: string; now: Date }) {
  return (
    <>
      <time datetime={at}>{minute(at)}</time> <span class="quiet">{distance(at, now)}</span>
    </>
  );
}

/** A moment's day, in one piece; the moment itself for who points at it. @param at ISO 8601 */
export function Day({ at }: { at: string }) {
  return (
    <time datetime={at} title={minute(at)} class="nowrap">
      {day(at)}
    </time>
  );
}

/** What has happened, or why it has not. It gets the focus, so that it is read first. */
export function Notice(props: { kind: "done" | "bad"; children?: Child }) {
  return (
    <div
      class={`notice ${props.kind}`}
      role={props.kind === "bad" ? "alert" : "status"}
      tabindex={-1}
      autofocus
    >
      {props.children}
    </div>
  );
}

/** The beginning of a page. */
export function Head(props: { title: Child; children?: Child; back?: { to: string; title: string } }) {
  return (
    <div>
      {props.back && (
        <p class="back">
          <a href={props.back.to}>← {props.back.title}</a>
        </p>
      )}
      <div class="head">
        <h1>{props.title}</h1>
        {props.children}
      </div>
    </div>
  );
}

/**
 * A table that becomes a list of cards on a narrow screen. The roles are said, since tables that are laid out as blocks lose
 * them in some browsers.
 */
export function Table(props: { caption: string; columns: Child[]; children?: Child }) {
  return (
    <div class="list">
      <table role="table">
        <caption>{props.caption}</caption>
        <thead role="rowgroup">
          <tr role="row">{props.columns}</tr>
        </thead>
        <tbody role="rowgroup">{props.children}</tbody>
      </table>
    </div>
  );
}

/** The head of a column. @param sort how the rows are ordered by it */
export function Column(props: { sort?: "ascending" | "descending" | undefined; children?: Child }) {
  return (
    <th scope="col" role="columnheader" aria-sort={props.sort}>
      {props.children}
    </th>
  );
}

export function Row({ children }: { children?: Child }) {
  return <tr role="row">{children}</tr>;
}

/** The cell that names its row. */
export function RowHead({ children }: { children?: Child }) {
  return (
    <th scope="row" role="rowheader">
      {children}
    </th>
  );
}

/** @param label the head of its column, for narrow screens */
export function Cell(props: { label: string; class?: string; children?: Child }) {
  return (
    <td role="cell" data-label={props.label} class={props.class}>
      <div>{props.children}</div>
    </td>
  );
}

/** What there is instead of a list without rows. */
export function Empty(props: { title: string; children?: Child }) {
  return (
    <div class="list empty">
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

interface FieldProps {
  name: string;
  label: string;
  value: string;
  hint?: string;
  /** What was wrong with it, a sentence. */
  wrong?: string | undefined;
  /** Has the focus when nothing else is wrong. */
  first?: boolean;
  type?: "text" | "password";
  autocomplete?: string;
  maxlength?: number;
  optional?: boolean;
}

/** A line to fill in, with its hint and what was wrong with it. */
export function Field({ name, label, hint, wrong, first, optional, ...input }: FieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <Wrong name={name}>{wrong}</Wrong>
      <input
        id={name}
        name={name}
        required={!optional}
        spellcheck={false}
        autocapitalize="none"
        autocomplete="off"
        autofocus={Boolean(wrong) || first}
        {...described(name, hint, wrong)}
        {...input}
      />
    </div>
  );
}

/** What was wrong with a field. */
export function Wrong({ name, children }: { name: string; children?: string | undefined }) {
  return children ? (
    <p class="wrong" id={`${name}-wrong`}>
      {children}
    </p>
  ) : null;
}

/** Ties a field to its hint and to what was wrong with it. */
export function described(name: string, hint?: string, wrong?: string) {
  const ids = [wrong && `${name}-wrong`, hint && `${name}-hint`].filter(Boolean);
  return {
    ...(ids.length > 0 && { "aria-describedby": ids.join(" ") }),
    ...(wrong && { "aria-invalid": "true" as const }),
  };
}
