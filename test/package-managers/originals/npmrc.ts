import { commentOnTop, type Originals } from "./originals.ts";

export const npmrc: Originals = {
  texts: [
    "; mine\n\n//other.example/:_authToken=keep-me\nfund = false\n  # odd\nregistry = https://former.example/npm/\n@other:registry=https://other.example/\n",
    "\uFEFF# windows\r\nregistry=https://a.example/\r\nregistry=https://b.example/\r\n//acme.example/other/:_authToken=keep-me",
    "save-exact\ncolor=false\n[section]\nregistry=not-this\n",
    "",
  ],
  broken: "fund=false\n[unclosed\n",
  later: commentOnTop("#"),
  theirs: "the-users-own",
};
