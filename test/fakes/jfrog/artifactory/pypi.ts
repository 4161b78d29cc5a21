/** As much of a Python index as pip and twine look at first. */
import { type Answer, empty, html } from "../answer.ts";
import type { Known } from "../request.ts";
import { artifactory } from "./door.ts";
import { isAnswer, placeOf } from "./repository.ts";

/** The root, and the page of a project; one that is not there is an empty page at the root's and 404 elsewhere. */
export const simpleIndex = artifactory((request: Known): Answer => {
  const place = placeOf(request, "r", "pypi");
  if (isAnswer(place)) return place;
  const { files } = request.world;
  const under = `${place.key}/${place.path.replace(/\/*$/, "")}`;
  if (place.path !== "" && !files.has(under)) return html("Not found", 404);
  const names = [...files.keys()].filter((name) => name.startsWith(`${place.key}/`));
  const links = names
    .map((name) => name.slice(place.key.length + 1))
    .map((name) => `<a href="${name}/">${name}</a>`);
  return html(`<!DOCTYPE html><title>Simple index</title>${place.path === "" ? links.join("") : ""}`);
});

export const upload = artifactory((request: Known): Answer => {
  const place = placeOf(request, "w", "pypi");
  if (isAnswer(place)) return place;
  const [, name = "unnamed"] = /name="name"\r?\n\r?\n([^\r\n]+)/.exec(request.received.body) ?? [];
  request.world.files.set(`${place.key}/${name}`, "");
  return empty(200);
});
