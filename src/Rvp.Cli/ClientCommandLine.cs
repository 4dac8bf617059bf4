using System.CommandLine;
using System.CommandLine.Help;
using Rvp.Cli.Commands;
using Rvp.Client;

namespace Rvp.Cli;

/// <summary>What a command works with.</summary>
internal sealed record CommandRun(ParseResult Parse, Terminal Terminal, SavedFiles Files, CancellationToken Stop)
{
    public AccountChoice Account => AccountChoice.Read(Parse, Terminal, Files);
}

/// <summary>The program: all commands under one root, and the exit codes 0 done, 1 failed, 2 wrong usage, 3 not done yet.</summary>
internal static class ClientCommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Waits = 3;

    // A message to @everyone is text: the parser must not read a file of that name instead.
    private static readonly ParserConfiguration Plain = new() { ResponseFileTokenReplacer = null };

    /// <summary>The option that every listing accepts.</summary>
    public static Option<bool> Json() => new("--json") { Description = "JSON instead of text" };

    /// <summary>Parses the arguments and runs the command. An error becomes one line on standard error. Never throws.</summary>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken stop)
    {
        var parsed = Create(terminal).Parse(arguments, Plain);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            await terminal.Error.WriteLineAsync($"rvp: {SafeText.Line(parsed.Errors[0].Message)} See rvp --help.");
            return WrongUsage;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(8),
        }, stop);
    }

    /// <summary>A command whose exit code is 0 unless it throws.</summary>
    public static Command WithAction(this Command command, Terminal terminal, Func<CommandRun, Task> run)
    {
        command.SetAction(async (parse, stop) =>
        {
            try
            {
                await run(new CommandRun(parse, terminal, new SavedFiles(terminal.ConfigFolder), stop));
                return Done;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return Done;
            }
            catch (IOException e) when (OutputPipe.IsBroken(e))
            {
                return Done; // Who read the output has had enough, as head has.
            }
            catch (ClientUsageException e)
            {
                await terminal.Error.WriteLineAsync("rvp: " + e.Message);
                return WrongUsage;
            }
            catch (Exception e) when (e is FailedException or RvpClientException or IOException or UnauthorizedAccessException)
            {
                await terminal.Error.WriteLineAsync("rvp: " + SafeText.Line(e.Message));
                return e is FailedException failed ? failed.ExitCode : Failed;
            }
        });
        return command;
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create(Terminal terminal) => new("Presence and instant messages at the command line (RVP).")
    {
        AccountChoice.Account, AccountChoice.PasswordFile, AccountChoice.Server, AccountChoice.Connection,
        SignInCommand.Create(terminal), SignInCommand.CreateSignOut(terminal), PasswordCommand.Create(terminal),
        StatusCommand.Create(terminal), WatchCommand.Create(terminal), SendCommand.Create(terminal), ReceiveCommand.Create(terminal),
        ChatCommand.Create(terminal),
        ContactsCommand.Create(terminal), BlockCommand.Create(terminal, isBlock: true), BlockCommand.Create(terminal, isBlock: false),
        WatchersCommand.Create(terminal), HistoryCommand.Create(terminal), SearchCommand.Create(terminal), HooksCommand.Create(terminal),
        CompletionCommand.Create(terminal),
    };
}
