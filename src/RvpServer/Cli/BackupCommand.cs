using System.CommandLine;
using RvpServer.Directories;
using RvpServer.Directories.Local;
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
        Create(open, "backup", "Copies the embedded store to a file while the server runs", async (context, file, stop) =>
        {
            SqliteBackup.Write(context.Subject, file);
            await WarnOfKeysAsync(context, stop);
            context.Out.WriteLine($"{context.Subject} is backed up to {file}. "
                + "Keep a copy of the directory keys beside it too: passwords are encrypted with them.");
        });

    /// <summary><c>restore FILE</c>.</summary>
    public static Command CreateRestore(Func<ParseResult, CommandContext<string>> open) =>
        Create(open, "restore", "Replaces the embedded store by a backup; the server must be stopped", async (context, file, stop) =>
        {
            SqliteBackup.Restore(file, context.Subject);
            await WarnOfKeysAsync(context, stop);
            context.Out.WriteLine($"{context.Subject} is restored from {file}.");
        });

    private static Command Create(
        Func<ParseResult, CommandContext<string>> open, string name, string description, Func<CommandContext<string>, string, CancellationToken, Task> work)
    {
        var file = new Argument<string>("FILE") { Description = "The backup" };
        return new Command(name, description) { file }.WithAction(open, async (context, stop) =>
        {
            await work(context, Path.GetFullPath(context.Parsed.GetRequiredValue(file)), stop);
            return ExitCode.Done;
        });
    }

    // Without them nobody can sign in, which is better known now than when the backup is needed.
    private static async Task WarnOfKeysAsync(CommandContext<string> context, CancellationToken stop)
    {
        var folder = SqliteFile.FolderOf(context.Subject);
        try
        {
            var proof = new SecretsProof(SqliteFile.AsItIs(context.Subject), folder);
            await proof.ProveAsync(stop);
        }
        catch (DirectoryException failure)
        {
            await context.Error.WriteLineAsync($"{failure.Message} They are in {Path.Combine(folder, "keys")}.");
        }
    }
}
