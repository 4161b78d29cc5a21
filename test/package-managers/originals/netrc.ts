import { commentOnTop, type Originals } from "./originals.ts";

export const netrc: Originals = {
  texts: [
    "# mine\nmachine other.example\n  login bob\n  password keep-me\n\nmacdef init\ncd /pub\n\ndefault login anonymous password me\n",
    "machine other.example login bob password keep-me",
    "",
  ],
  broken: "machine a.example login\npassword\nwibble",
  later: commentOnTop("#"),
  theirs: "the-users-own",
};
