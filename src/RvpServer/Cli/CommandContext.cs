using System.CommandLine;
using System.Data.Common;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>What a command works with.</summary>
/// <param name="Parsed">The parsed arguments, and the streams for results and errors.</param>
/// <param name="Subject">The part of the server that the command works on. Disposed after the command.</param>
/// <param name="In">Standard input.</param>
internal sealed record CommandContext<T>(ParseResult Parsed, T Subject, TextReader In) : IAsyncDisposable
{
    /// <summary>Results.</summary>
    public TextWriter Out => Parsed.InvocationConfiguration.Output;

    /// <summary>Errors, prompts and progress.</summary>
    public TextWriter Error => Parsed.InvocationConfiguration.Error;

    /// <summary>True if a person is there who can be asked and can see progress.</summary>
    public bool IsInteractive => ReferenceEquals(In, Console.In) && !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Subject is IAsyncDisposable owned ? owned.DisposeAsync() : default;
}

/// <summary>Runs commands.</summary>
internal static class CommandActions
{
    /// <summary>
    /// A command that opens its subject, does its work and gives the exit code; an error is one line on standard error. Other exceptions are for
    /// <see cref="ServerCommandLine.InvokeAsync"/>.
    /// </summary>
    public static Command WithAction<T>(
        this Command command, Func<ParseResult, CommandContext<T>> open, Func<CommandContext<T>, CancellationToken, Task<int>> work)
    {
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                await using var context = open(parsed);
                return await work(context, stop);
            }
            catch (UsageException wrong)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(wrong.Message);
                return ExitCode.WrongUsage;
            }
            catch (Exception failure) when (
                failure is AccountException or DirectoryException or StoreException or DbException or IOException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(failure.Message.ReplaceLineEndings(" "));
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
