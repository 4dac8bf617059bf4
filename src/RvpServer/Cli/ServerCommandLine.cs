using System.CommandLine;
using System.CommandLine.Help;
using RvpServer.Configuration;

namespace RvpServer.Cli;

/// <summary>The command line: all command families under one root.</summary>
internal static class ServerCommandLine
{
    /// <summary>The option that every command accepts.</summary>
    public static readonly Option<string?> Config =
        new("--config") { Description = "Configuration file, on top of appsettings.json.", HelpName = "FILE", Recursive = true };

    // A value that begins with @ is text: the parser must not read a file of that name instead.
    private static readonly ParserConfiguration Plain = new() { ResponseFileTokenReplacer = null };

    /// <param name="families">All commands except run and config.</param>
    /// <param name="run">Runs the server and gives the exit code; may throw for mistakes found at the start.</param>
    public static RootCommand Create(IEnumerable<Command> families, Func<RunArguments, CancellationToken, Task<int>> run)
    {
        var root = new RootCommand("Presence and instant messaging server for RVP. Without a command it runs the server.") { Config };
        root.Running(run);
        root.Add(RunCommand.Create(run));
        root.Add(ConfigCommand.Create());
        foreach (var family in families) root.Add(family);
        return root;
    }

    /// <summary>Parses the arguments and runs the command; errors are one line each on <paramref name="errors"/>. Never throws.</summary>
    public static async Task<int> InvokeAsync(RootCommand root, string[] arguments, TextWriter output, TextWriter errors)
    {
        var parsed = root.Parse(arguments, Plain);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var line in Describe(parsed)) await errors.WriteLineAsync(line);
            return ExitCode.WrongUsage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = errors,
                EnableDefaultExceptionHandler = false,
                // The host stops by itself at SIGTERM and may take longer than a command line would wait.
                ProcessTerminationTimeout = null,
            });
        }
        catch (ConfigurationException e)
        {
            foreach (var line in e.Lines) await errors.WriteLineAsync(line);
        }
        catch (Exception e)
        {
            await errors.WriteLineAsync($"rvpserver: {e.Message.ReplaceLineEndings(" ")}");
        }
        return ExitCode.Failed;
    }

    private static IEnumerable<string> Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0) return parsed.Errors.Select(e => $"{NameOf(parsed)}: {e.Message}").Append($"See {NameOf(parsed)} --help.");
        var known = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var options = parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(o => o.Name);
        return parsed.UnmatchedTokens.Select(token => token.StartsWith('-')
            ? $"{NameOf(parsed)}: \"{token}\" is no option: {NearMiss.Cure(token, options.Distinct(), "options")}"
            : $"{NameOf(parsed)}: \"{token}\" is no command or argument: "
                + $"{(command.Subcommands.Count > 0 ? NearMiss.Cure(token, known, "commands") : $"see {NameOf(parsed)} --help")}");
    }

    private static string NameOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (Symbol? symbol = parsed.CommandResult.Command; symbol is Command and not RootCommand; symbol = symbol.Parents.FirstOrDefault())
        {
            names.Insert(0, symbol.Name);
        }
        return string.Join(' ', names.Prepend("rvpserver"));
    }
}
