/** Two wishes in one, with the tools that both need; and what none of the tools is for. */
export const twoWishes: readonly { say: string; want: readonly [string, string] }[] = [
  {
    say: "list the tokens that expire this week and rotate them",
    want: ["list_tokens", "rotate_token"],
  },
  { say: "revoke tok_5 and delete it from the list", want: ["revoke_token", "delete_token"] },
  {
    say: "create an environment staging and generate a deployment token for it",
    want: ["create_environment", "generate_token"],
  },
  {
    say: "set up npm on this machine and check that it works",
    want: ["configure_package_manager", "check_package_manager"],
  },
  {
    say: "find out why docker push fails and set it up again",
    want: ["check_package_manager", "configure_package_manager"],
  },
  {
    say: "scan the repo for leaked tokens and revoke the ones that still work",
    want: ["find_leaks", "revoke_token"],
  },
  { say: "undo the npm set-up and revoke its token", want: ["restore_package_manager", "revoke_token"] },
  { say: "who am I logged in as, and which tokens do I have", want: ["get_status", "list_tokens"] },
  {
    say: "what is running in production, and rotate its token",
    want: ["describe_environment", "rotate_token"],
  },
  {
    say: "generate a token for bob and restrict it to the app web",
    want: ["generate_token", "restrict_token"],
  },
  { say: "show the details of tok_3 and then revoke it", want: ["get_token", "revoke_token"] },
  {
    say: "look for leaked credentials in git history and rotate whatever you find",
    want: ["find_leaks", "rotate_token"],
  },
  { say: "show me all tokens bob created, then revoke them", want: ["list_tokens", "revoke_token"] },
  { say: "check the status and set up pip", want: ["get_status", "configure_package_manager"] },
  {
    say: "explain what my fly token can do and make a narrower copy",
    want: ["get_token", "restrict_token"],
  },
  { say: "remove the expired tokens and list what is left", want: ["delete_token", "list_tokens"] },
  {
    say: "restore my .npmrc and configure npm from scratch",
    want: ["restore_package_manager", "configure_package_manager"],
  },
  {
    say: "add an environment qa and show me all environments with what they run",
    want: ["create_environment", "describe_environment"],
  },
  {
    say: "mint a token for staging and set up docker with it",
    want: ["generate_token", "configure_package_manager"],
  },
  {
    say: "is production behind, and which tokens does it have",
    want: ["describe_environment", "list_tokens"],
  },
  {
    say: "why is npm publish refused, and what may its token do",
    want: ["check_package_manager", "get_token"],
  },
  {
    say: "rotate the ci token and tell me where it is used",
    want: ["rotate_token", "get_token"],
  },
  { say: "replace the leaked key and delete the old one", want: ["rotate_token", "delete_token"] },
  {
    say: "generate a read-only token for the contractor and revoke the one he had",
    want: ["generate_token", "revoke_token"],
  },
];

export const outOfScope: readonly string[] = [
  "write a unit test for the parser",
  "what is the weather in Berlin",
  "refactor this function to use async await",
  "send an email to the team",
  "open a pull request",
  "translate this text to French",
  "why is my React component rendering twice",
  "book a meeting room for tomorrow at ten",
  "resize the image to 800 pixels",
  "run the linter and fix all warnings",
  "what does this regular expression match",
  "draw a diagram of the architecture",
  "merge the branch feature/login into main",
  "start the development server on port 3000",
  "how many lines of code has this repository",
  "convert the CSV file into JSON",
  "scale the web app to four machines",
  "summarise yesterday's standup notes",
  "add dark mode to the settings page",
  "query the orders table for refunds",
  "restart the database",
  "compress these photos",
  "explain how TCP slow start works",
  "count the tokens in this prompt for the language model",
  "renew my passport",
  "buy a domain name",
  "play some music",
  "rename the variable foo to bar",
  "bump lodash to the latest version",
  "review my essay for grammar",
];
