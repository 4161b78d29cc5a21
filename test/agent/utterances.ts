/**
 * What developers say, and which tool is meant. Written before the texts of the tools were tuned by half of it; the other
 * half was only counted (docs/agent-ergonomics.md). Two more kinds stand in `utterances-others.ts`.
 */
export interface Said {
  plain: readonly string[];
  paraphrased: readonly string[];
  typos: readonly string[];
}

export const utterances: Readonly<Record<string, Said>> = {
  get_status: {
    plain: [
      "what is the status of fly tokens",
      "which issuers are configured and who am I logged in as",
      "which package managers are installed and set up here",
      "what am I allowed to do with this server",
      "show me the status",
      "is the registry reachable",
    ],
    paraphrased: [
      "who am I",
      "give me an overview of how this machine is set up before we start",
      "are we even connected to jfrog",
      "what are the rules the operator has put on us",
      "what's missing in my configuration",
    ],
    typos: ["whats the satus of the servr", "wich package managrs are instaled", "who am i loged in as"],
  },
  generate_token: {
    plain: [
      "generate a deployment token for production",
      "create a read-only token that expires in 48 hours",
      "make me a new token named ci-bot with write permission",
      "mint an access token for the staging environment",
      "generate a token and store it in the keychain",
      "create a github actions secret with a fresh token for acme/web",
    ],
    paraphrased: [
      "I need a credential for the build server, good for a week",
      "give me something the contractor can pull images with until friday",
      "our kubernetes cluster needs an image pull secret for prod",
      "can I have a new API key please",
      "write a fresh credential to .env so the app can start",
    ],
    typos: [
      "genrate a depoyment token for prodution",
      "crate a new tokn for ci",
      "genereate a read only token that expries in a week",
    ],
  },
  list_tokens: {
    plain: [
      "list all my tokens",
      "which tokens expire this month",
      "show me the tokens bob created",
      "list the active tokens for production",
      "how many tokens do we have",
      "what tokens are about to expire",
    ],
    paraphrased: [
      "which of our credentials run out in the next two weeks",
      "show everything that alice has made",
      "what keys are out there that can publish",
      "give me all the revoked ones, newest first",
      "find the id of the token called ci-bot",
    ],
    typos: ["lst all tokes", "wich tokens expre this month", "show me tokens creatd by bob"],
  },
  get_token: {
    plain: [
      "show me the details of token tok_123",
      "what is the token tok_8fk2 used for",
      "where is this token used on this machine",
      "when was that token last used",
      "what may this fly.io token do",
      "explain the token in FLY_API_TOKEN",
    ],
    paraphrased: [
      "tell me everything about tok_42",
      "who made this one and when does it end",
      "which images did that token pull last",
      "would the token in deploy.txt be able to read the app web",
      "decode this macaroon for me",
    ],
    typos: ["shw details of tokn tok_123", "wher is this token usd", "explan what this fly token can do"],
  },
  revoke_token: {
    plain: [
      "revoke the token tok_123",
      "revoke everything from the old laptop",
      "revoke all tokens that bob made",
      "invalidate the ci token immediately",
      "revoke every token of the staging environment",
      "kill the token that leaked",
    ],
    paraphrased: [
      "bob left the company, cut off his access",
      "someone stole my laptop, make the credentials on it useless",
      "disable that key right now",
      "the contractor is done, end their access",
      "make sure this credential stops working at once",
    ],
    typos: ["revok the tokn tok_123", "rvoke all of bobs tokens", "invaldate the old token"],
  },
  delete_token: {
    plain: [
      "delete the revoked tokens",
      "delete token tok_9 from the list",
      "clean up expired tokens",
      "remove old expired tokens from the list",
      "delete all tokens that are not active any more",
      "purge revoked tokens",
    ],
    paraphrased: [
      "the list is cluttered with dead entries, tidy it",
      "get rid of the tokens that ran out last year",
      "I don't want to see those revoked ones any longer",
      "erase the record of tok_77",
      "throw away what has expired",
    ],
    typos: ["delte the expired tokens", "remve revoked tokns from the list", "dlete tok_9"],
  },
  rotate_token: {
    plain: [
      "rotate the token tok_123",
      "rotate what expires this month",
      "rotate our production token and keep the old one for a day",
      "replace the npm token with a new one everywhere it is used",
      "renew the tokens that expire within 7 days",
      "rotate all tokens of staging",
    ],
    paraphrased: [
      "swap the ci credential for a fresh one without downtime",
      "my token runs out tomorrow, extend it",
      "exchange that key and update every file that has it",
      "the audit says keys must change every 90 days, do it",
      "refresh the docker login before it expires",
    ],
    typos: ["rotat the token tok_123", "rotate wat expires ths month", "renw the expiring tokens"],
  },
  restrict_token: {
    plain: [
      "restrict my fly.io token to the app web",
      "narrow this token so that it can only run uptime",
      "give the contractor a token that can only run uptime on app web",
      "make a read-only copy of my fly token",
      "attenuate the token in FLY_API_TOKEN",
      "limit the fly.io token to one machine",
    ],
    paraphrased: [
      "I want to hand out a weaker version of my own token",
      "derive a token from mine that cannot delete anything",
      "take away everything but the volumes from this fly credential",
      "a copy of this token that stops in an hour",
      "scope down my deploy token to a single command",
    ],
    typos: ["restrct my fly token to app web", "narow this token to read only", "atenuate my fly.io token"],
  },
  configure_package_manager: {
    plain: [
      "set up npm and docker on this machine",
      "configure pip to use our registry",
      "set up npm and docker here",
      "log docker in to the registry",
      "configure maven for publishing",
      "set up the package managers that this project uses",
    ],
    paraphrased: [
      "point cargo at our private index",
      "I just cloned this repo, make the installs work",
      "put our registry into my .npmrc",
      "let me push images from here",
      "get yarn talking to the company registry",
    ],
    typos: ["setup nmp and dokcer here", "configre pip for our registy", "set up mavn and gradel"],
  },
  check_package_manager: {
    plain: [
      "why does npm publish say 403",
      "check whether npm works",
      "docker push is denied, why",
      "npm install fails with 401",
      "is pip set up correctly",
      "check the package managers",
    ],
    paraphrased: [
      "I cannot install anything from the registry any more",
      "docker pull says unauthorized, what is wrong",
      "test my npm login",
      "pip keeps asking me for a password",
      "diagnose why the upload with twine gets refused",
    ],
    typos: ["npm instal fials with 401", "chek if dokcer works", "why is npm publsh forbiden"],
  },
  restore_package_manager: {
    plain: [
      "undo what you did to my .npmrc",
      "restore my pip configuration",
      "undo the set-up of docker",
      "revert the changes to my npm config",
      "put back the old .npmrc",
      "take back the last set-up",
    ],
    paraphrased: [
      "I want my settings.xml as it was before",
      "roll back that edit you made",
      "you broke my config file, give me the backup",
      "unconfigure npm again",
      "log me out of docker and leave no trace of your entries",
    ],
    typos: ["udno what you did to my npmrc", "restor my pip config", "revrt the chnages to docker"],
  },
  create_environment: {
    plain: [
      "create an environment called staging",
      "create a new environment production",
      "add an environment for qa",
      "make a preview environment",
      "set up a new runtime environment named demo",
      "register the environment eu-west",
    ],
    paraphrased: [
      "we are getting a second stage called preprod, add it",
      "I need a place named canary to track deployments to",
      "introduce an env for load tests",
      "start tracking what runs in a new env called beta",
      "define dev, so that pulls from there count as deployments",
    ],
    typos: ["creat an enviroment staging", "crate new environmnt qa", "add an enviornment called demo"],
  },
  describe_environment: {
    plain: [
      "what is running in production and is it behind",
      "what is deployed in staging",
      "show the deployment history of production",
      "describe the environment production",
      "which environments are there",
      "is production up to date",
    ],
    paraphrased: [
      "which version of web is live right now",
      "did the last release reach prod",
      "how far does staging lag the newest image",
      "what did we roll out last week",
      "is there drift between what is pushed and what runs",
    ],
    typos: ["whats runing in prodution", "shwo deploment history of staging", "descibe the enviroment prod"],
  },
  find_leaks: {
    plain: [
      "is one of our tokens in this repo",
      "search this folder for leaked tokens",
      "scan the git history for secrets",
      "did I commit a token",
      "find leaked credentials in this project",
      "check whether any secrets are in our code",
    ],
    paraphrased: [
      "I think somebody pushed a key to github, have a look",
      "before we open source this, is anything secret in it",
      "are there hardcoded credentials in ~/work",
      "audit the repository for exposed keys",
      "was a password ever checked in",
    ],
    typos: ["scan the repo for leakd tokens", "find secrts in git histroy", "did i comit a tokn"],
  },
};
