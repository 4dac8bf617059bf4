using System.CommandLine;
using Microsoft.Data.Sqlite;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cli;

/// <summary>How the commands get at the embedded store; may throw <see cref="StoreException"/>, for example where the store is another one.</summary>
internal sealed record BackupCommandContext(Func<ParseResult, BackupEnvironment> Open);

/// <summary>What the backup commands work on.</summary>
/// <param name="StorePath">The store's file.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Complaints.</param>
internal sealed record BackupEnvironment(string StorePath, TextWriter Out, TextWriter Error);

/// <summary>The commands <c>backup</c> and <c>restore</c>. A backup runs beside the server; a restore needs it stopped, and says so.</summary>
internal static class BackupCommand
{
    /// <summary><c>backup FILE</c>.</summary>
    public static Command CreateBackup(BackupCommandContext context) =>
        Create(context, "backup", "Copies the embedded store to a file while the server runs", (environment, file) =>
        {
            SqliteBackup.Write(environment.StorePath, file);
            environment.Out.WriteLine($"{environment.StorePath} is backed up to {file}. Keep a copy of the directory keys beside it too: passwords are encrypted with them.");
        });

    /// <summary><c>restore FILE</c>.</summary>
    public static Command CreateRestore(BackupCommandContext context) =>
        Create(context, "restore", "Replaces the embedded store by a backup; the server must be stopped", (environment, file) =>
        {
            SqliteBackup.Restore(file, environment.StorePath);
            environment.Out.WriteLine($"{environment.StorePath} is restored from {file}.");
        });

    private static Command Create(BackupCommandContext context, string name, string description, Action<BackupEnvironment, string> work)
    {
        var file = new Argument<string>("FILE") { Description = "The backup" };
        var command = new Command(name, description) { file };
        command.SetAction(parse =>
        {
            var error = parse.InvocationConfiguration.Error;
            try
            {
                var environment = context.Open(parse);
                error = environment.Error;
                work(environment, Path.GetFullPath(parse.GetRequiredValue(file)));
                return 0;
            }
            catch (Exception failure) when (failure is StoreException or SqliteException or IOException or UnauthorizedAccessException)
            {
                error.WriteLine(failure.Message);
                return 1;
            }
        });
        return command;
    }
}
