using System.CommandLine;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cli;

/// <summary>
/// The commands <c>backup</c> and <c>restore</c>; their subject is the path of the store's file. A backup may run beside the server; a restore needs it
/// stopped, and says so.
/// </summary>
internal static class BackupCommand
{
    /// <summary><c>backup FILE</c>.</summary>
    public static Command CreateBackup(Func<ParseResult, CommandContext<string>> open) =>
        Create(open, "backup", "Copies the embedded store to a file while the server runs", (context, file) =>
        {
            SqliteBackup.Write(context.Subject, file);
            context.Out.WriteLine($"{context.Subject} is backed up to {file}. "
                + "Keep a copy of the directory keys beside it too: passwords are encrypted with them.");
        });

    /// <summary><c>restore FILE</c>.</summary>
    public static Command CreateRestore(Func<ParseResult, CommandContext<string>> open) =>
        Create(open, "restore", "Replaces the embedded store by a backup; the server must be stopped", (context, file) =>
        {
            SqliteBackup.Restore(file, context.Subject);
            context.Out.WriteLine($"{context.Subject} is restored from {file}.");
        });

    private static Command Create(Func<ParseResult, CommandContext<string>> open, string name, string description, Action<CommandContext<string>, string> work)
    {
        var file = new Argument<string>("FILE") { Description = "The backup" };
        return new Command(name, description) { file }.WithAction(open, (context, _) =>
        {
            work(context, Path.GetFullPath(context.Parsed.GetRequiredValue(file)));
            return Task.FromResult(ExitCode.Done);
        });
    }
}
