/**
 * What people say to a coding agent, written with nothing in view but the tools' names, one line on each tool's job and a
 * list of words for it: no text of a tool and none of the other utterances (docs/agent-ergonomics.md). Some are not good
 * English, on purpose.
 */
export interface BlindlySaid {
  plain: readonly string[];
  /** A few words, as one types them. */
  short: readonly string[];
  /** By people whose English is a second language. */
  nonNative: readonly string[];
  longWinded: readonly string[];
  /** By support, managers, operations. */
  roles: readonly string[];
  typos: readonly string[];
}

export const blind: Readonly<Record<string, BlindlySaid>> = {
  get_status: {
    plain: [
      "which of our accounts are you actually hooked up to right now?",
      "I just installed this, what do I do first",
      "who am I as far as the registry is concerned",
      "give me the lay of the land",
    ],
    short: ["am I logged in?", "whoami"],
    nonNative: [
      "please to tell me what is already prepared and what is still missing for the login",
      "with which user you are working there?",
    ],
    longWinded: [
      "Before we touch anything, I'd like you to have a look around and let me know which services answer us and which don't, because last week half of this stuff was down",
    ],
    roles: [
      "customer asks whether the server can be reached at all from his laptop",
      "do we have everything in place to start handing out credentials, or is something not set up yet",
      "sanity check: are both backends up and is our admin credential still good",
    ],
    typos: ["is evrything conected ok?"],
  },
  generate_token: {
    plain: [
      "I need a new key for the CI pipeline, read only, good for a week",
      "our new contractor has to pull images until Friday, get him something he can log in with",
      "give me a short-lived deploy credential for the api app",
      "hook me up with an api key that dies tonight",
    ],
    short: ["make me a token", "new key, 30 minutes, read"],
    nonNative: [
      "can you do for me a password for the build machine that finish after one hour?",
      "i want one secret only for to publish the packages",
    ],
    longWinded: [
      "The deploy job on GitHub fails because there's no secret in it yet, so I'd like a fresh one issued that can only deploy the shop app and nothing else, with a lifetime of 24 hours",
    ],
    roles: [
      "issue creds for the nightly backup robot",
      "user Anna wants a personal access token with write permission",
      "please arrange access for the new build server",
    ],
    typos: ["crate a acess tokn for jenkins plz"],
  },
  list_tokens: {
    plain: [
      "what keys do we have out there?",
      "anything about to expire in the next two weeks?",
      "are there keys that never expire",
      "which ones are still active",
    ],
    short: ["show all my tokens", "inventory of secrets please"],
    nonNative: [
      "which credentials are existing at the moment for our organisation",
      "i have forgotten how named the token that i made yesterday, can you search it",
    ],
    longWinded: [
      "I'm preparing the quarterly security review and I need an overview of everything we've ever handed out, with the names and the dates on which they run out",
    ],
    roles: [
      "how many access tokens are in circulation and who do they belong to",
      "audit: every credential older than 90 days",
      "look up which tokens belong to Anna, she left the company",
    ],
    typos: ["lst of al tokens pls"],
  },
  get_token: {
    plain: [
      "tell me more about the token called ci-deploy",
      "I found this string in a .env file, what can it do?",
      "is this key read-only or could someone push with it",
      "what permissions does the deploy-bot one have?",
      "when was ci-deploy created and by whom",
    ],
    short: ["details for token 4711", "inspect this jwt"],
    nonNative: [
      "until when is valid the token of jenkins?",
      "is this token still good or is it already finished",
    ],
    longWinded: [
      "There is a value pasted into our wiki that begins with fm2_ and nobody remembers what it was made for, could you look inside and tell us which apps it opens and when it stops working",
    ],
    roles: [
      "decode this FlyV1 thing for me and explain what it allows",
      "customer sends a token and says it has too few rights, what rights does it carry",
    ],
    typos: ["whats the experation date of tok_abc123"],
  },
  revoke_token: {
    plain: [
      "kill the ci-deploy token",
      "someone posted our key in Slack, shut it off immediately",
      "pull the plug on that deploy key",
      "we don't need staging-reader any longer, turn it off",
    ],
    short: ["revoke it now", "cancel token build-7"],
    nonNative: [
      "please make that the token of Peter doesn't work any more",
      "block this token please, it is in wrong hands",
    ],
    longWinded: [
      "We had a laptop stolen over the weekend and the key that was on it, I think it was called laptop-marc, must stop being accepted anywhere right away",
    ],
    roles: [
      "Peter left today, cut his access",
      "invalidate credential 4711, incident ongoing",
      "the client wants his old api key deactivated",
    ],
    typos: ["disble teh jenkins tokn asap"],
  },
  delete_token: {
    plain: [
      "clean up all the dead tokens in the list",
      "tidy up: the list is full of stuff that ran out ages ago",
      "wipe the record of the token we killed last week",
      "drop build-7 from the list, it's expired anyway",
    ],
    short: ["purge expired tokens", "delete the revoked ones"],
    nonNative: [
      "the revoked one are still shown, i don't want see them more",
      "erase the entries of tokens that are finished since long",
    ],
    longWinded: [
      "I revoked about a dozen test tokens yesterday and they're still hanging around in the overview as revoked, I'd like their records gone for good",
    ],
    roles: [
      "our overview is cluttered with credentials that no longer work, have them taken out",
      "garbage-collect the ended creds",
      "forget about token 4711, it has already been revoked and just clutters the screen",
    ],
    typos: ["remve old expird entries form the tokn list"],
  },
  rotate_token: {
    plain: [
      "swap out the ci key for a new one without breaking the builds",
      "our policy says keys have to change every 90 days, do the deploy one",
      "cycle that key",
      "replace the leaked key everywhere it's used",
    ],
    short: ["rotate ci-deploy", "renew deploy-bot"],
    nonNative: [
      "the token is soon over, please make new one and put it in all the places where was the old",
      "exchange the old secret against a fresh one",
    ],
    longWinded: [
      "The token for the pipeline runs out on Monday and I won't be around, so could you replace it today by one with the same rights and see to it that everything that used the old one picks up the new one",
    ],
    roles: [
      "refresh the credentials of the build server with no downtime",
      "roll the deploy secret, update github and the laptops, then drop the old one",
      "customer got a mail that his token expires tomorrow and wants to have it extended",
    ],
    typos: ["renw my npm tokn befor it expires"],
  },
  restrict_token: {
    plain: [
      "take my fly token and cut it down so that it only works for the app blog",
      "I have an org-wide token, I want to give the intern a weaker version of it",
      "limit this credential to the staging app",
      "shorten the lifetime of this token I already have to an hour before I pass it on",
    ],
    short: ["make this token read-only", "scope this down to logs only"],
    nonNative: [
      "from this big token make a smaller which can only one application",
      "reduce the rights of this token, no network please",
    ],
    longWinded: [
      "We've got a deploy token with far too many powers and before we hand it to the agency I want a copy with fewer rights, without calling anybody's api for it",
    ],
    roles: [
      "add a caveat so it can only be used from this machine",
      "can we lock the key down so the supplier sees nothing but his own app",
      "user asks how to derive a less powerful token out of the one he has",
    ],
    typos: ["atenuate this fly tokn to ten minuts"],
  },
  configure_package_manager: {
    plain: [
      "set up npm so it pulls from our registry",
      "point yarn at the private repo",
      "I'm new here and have a fresh laptop, I want to be able to npm install our internal stuff",
      "hook up go modules to our proxy",
      "get cargo and nuget talking to the company registry",
    ],
    short: ["log docker in", "authenticate pnpm"],
    nonNative: [
      "please do that pip takes the packages from our company server",
      "install the login for helm in my computer",
    ],
    longWinded: [
      "We're moving away from the public index, so I'd like every pip on this machine to fetch from our own feed from now on, with the credentials stored somewhere sensible",
    ],
    roles: ["write the .npmrc on the runner", "customer wants to know how to connect his gradle with us"],
    typos: ["cofigure mavn on this laptop"],
  },
  check_package_manager: {
    plain: [
      "npm install gives me a 401, what's wrong",
      "does publishing work from this box?",
      "is my npm setup ok?",
      "test whether docker can pull from our registry",
    ],
    short: ["why is docker push denied", "verify my pip config"],
    nonNative: [
      "i can not download the packages since this morning, error 403",
      "what is the reason that the publish does fail?",
    ],
    longWinded: [
      "Since I came back from holiday maven refuses to resolve anything from our repository and says something about not authorized, and I have no idea which of my settings files is to blame",
    ],
    roles: [
      "the runner gets E404 on our scoped packages, diagnose",
      "customer says twine upload is forbidden, find out the reason",
      "the team can't install dependencies, please look into it",
    ],
    typos: ["pip instal dosnt work anymor"],
  },
  restore_package_manager: {
    plain: [
      "undo what you did to my .npmrc",
      "I want npm to go to the public registry again like before",
      "roll back the maven settings",
      "get rid of the registry stuff you added to my machine",
      "unhook docker from the company registry",
    ],
    short: ["put npm back how it was", "reset gradle to the backup"],
    nonNative: [
      "please make again the old configuration of pip",
      "back to the state from before you have changed the npm file",
    ],
    longWinded: [
      "I only needed the internal feed for last month's project, so take out everything you wrote into my pip settings and leave me with what I had before you came along",
    ],
    roles: [
      "remove our registry config from this runner and bring back the original files",
      "customer is leaving us and wants to disconnect his yarn from our server",
    ],
    typos: ["revrt the dockr config chnges"],
  },
  create_environment: {
    plain: [
      "spin up a new staging environment",
      "add a place called pre-prod where we can put releases",
      "register production as an environment",
      "I want a sandbox next to dev and prod",
    ],
    short: ["make an env called demo", "new env: canary"],
    nonNative: [
      "we need one more environment for the testing, please to open it",
      "build new stage with name integration",
    ],
    longWinded: [
      "We're about to start with a second customer and they insist on having their stuff kept separately, so please set up an additional target named acme-prod that we can release to",
    ],
    roles: [
      "the sales people want their own demo stage",
      "stand up an env for the load tests",
      "client asks for a separate uat stage",
    ],
    typos: ["creat enviroment qa2"],
  },
  describe_environment: {
    plain: [
      "what's running in prod?",
      "did my release go live yet?",
      "what went out last night",
      "when did we last deploy to demo",
    ],
    short: ["state of staging", "history of qa"],
    nonNative: [
      "which version is now on the production installed",
      "is the integration stage behind the newest version?",
    ],
    longWinded: [
      "Something broke around four this afternoon and I would like to know what changed in production today and which version was there before that",
    ],
    roles: [
      "are staging and production on the same version",
      "any drift between what should be in prod and what's there?",
      "customer on acme-prod reports a bug, which build has he got",
    ],
    typos: ["wich relase is deplyed on stagng"],
  },
  find_leaks: {
    plain: [
      "did I commit any secrets?",
      "before I push, make sure there's nothing sensitive in here",
      "where on my disk are tokens stored in the clear?",
      "has anything been exposed in the logs",
    ],
    short: ["scan this repo for keys", "any leaked keys?"],
    nonNative: [
      "look please if there is a password somewhere in the code",
      "search hardcoded secrets in the folder src",
    ],
    longWinded: [
      "A colleague thinks he may have pasted a token into one of the config files some months ago, could you go through the project and see whether it's in there somewhere",
    ],
    roles: [
      "we're going open source next week, is the repository clean of credentials",
      "are there plaintext creds lying around in the dotfiles on this host",
      "customer worries that his key ended up in his docker image sources, how can we check",
    ],
    typos: ["chek for exposd tokns in git histroy"],
  },
};

export const blindTwoWishes: readonly { say: string; want: readonly [string, string] }[] = [
  { say: "find any keys I committed and replace those that you find", want: ["rotate_token", "find_leaks"] },
  {
    say: "check the repo for leaked tokens and kill whatever turns up",
    want: ["find_leaks", "revoke_token"],
  },
  { say: "I need a key and then set up npm with it", want: ["generate_token", "configure_package_manager"] },
  { say: "show me everything Peter has and shut it all off", want: ["list_tokens", "revoke_token"] },
  { say: "list the tokens and get rid of the dead ones", want: ["list_tokens", "delete_token"] },
  { say: "end build-7 and then take it off the list", want: ["revoke_token", "delete_token"] },
  {
    say: "get me a fly deploy token and narrow it to read only before I share it",
    want: ["generate_token", "restrict_token"],
  },
  {
    say: "connect pip to our feed and make sure it really works",
    want: ["configure_package_manager", "check_package_manager"],
  },
  {
    say: "if docker login is still broken just put the old config back",
    want: ["check_package_manager", "restore_package_manager"],
  },
  {
    say: "open a new stage called beta and tell me what's on it",
    want: ["create_environment", "describe_environment"],
  },
  { say: "are we connected, and which keys are there?", want: ["get_status", "list_tokens"] },
  {
    say: "see when ci-deploy expires and renew it if it's less than a week",
    want: ["get_token", "rotate_token"],
  },
  { say: "what is this token good for? if it can write, block it", want: ["get_token", "revoke_token"] },
  {
    say: "what have we got live in prod, and can you make a copy stage called prod2",
    want: ["describe_environment", "create_environment"],
  },
  {
    say: "npm says 401, probably the token ran out, swap it",
    want: ["check_package_manager", "rotate_token"],
  },
  {
    say: "tell me what's set up so far and do npm and docker if they aren't",
    want: ["get_status", "configure_package_manager"],
  },
  {
    say: "I'm giving back this laptop: undo the npm config and end its token",
    want: ["restore_package_manager", "revoke_token"],
  },
  {
    say: "make another reader token like the ones we have, show me those first",
    want: ["generate_token", "list_tokens"],
  },
];

export const blindOutOfScope: readonly string[] = [
  "write me a unit test for the login form",
  "what's the weather in Hamburg",
  "how many tokens does this prompt use in the model",
  "rename the git branch to feature/login",
  "scale the web app to three machines",
  "book a meeting room for Thursday",
  "format this json file",
  "why is the css of the header broken",
  "upgrade react to the newest version",
  "translate the readme into French",
  "restart the postgres database",
  "write a regular expression for phone numbers",
  "delete the customer table",
  "explain how oauth works",
  "create a python virtual environment",
  "order more coffee for the office",
  "set the environment variable PATH in my shell",
  "merge the pull request from Julia",
  "summarise yesterday's standup",
  "draw a diagram of our microservices",
];
