import type { Command } from 'commander';

/**
 * Makes a command stricter than commander is: a misspelt option is named even where a required one is missing too (it was
 * probably meant to be that one), an option does not swallow the option after it as its value, and no value may be empty
 * (an empty path would mean the current folder).
 */
export function strictUsage(command: Command): void {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (argv) => {
    refuseMissingValues(command, argv);
    const parsed = parse(argv);
    const isLeaf = command.commands.length === 0;
    const asksForHelp = parsed.unknown.some((flag) => flag === '-h' || flag === '--help');
    if (isLeaf && !asksForHelp && parsed.unknown[0]?.startsWith('-')) {
      for (const option of command.options) option.makeOptionMandatory(false);
    }
    return parsed;
  };
  // Only then are the arguments known: commander takes those of a subcommand apart in its parent.
  command.hook('preAction', (_, action) => refuseEmptyArguments(action));
}

function refuseMissingValues(command: Command, argv: readonly string[]): void {
  const end = argv.indexOf('--');
  const before = end < 0 ? argv : argv.slice(0, end);
  for (const option of command.options.filter((o) => o.required)) {
    before.forEach((flag, i) => {
      const value = flag === option.long ? argv[i + 1] : flag === `${option.long}=` ? '' : undefined;
      if (value === '' || value?.startsWith('--')) {
        command.error(`error: option '${option.flags}' argument missing`, { code: 'commander.optionMissingArgument' });
      }
    });
  }
}

function refuseEmptyArguments(command: Command): void {
  const empty = command.args.indexOf('');
  const name = command.registeredArguments[empty]?.name();
  if (name !== undefined) {
    command.error(`error: argument '${name}' is empty`, { code: 'commander.missingArgument' });
  }
}
