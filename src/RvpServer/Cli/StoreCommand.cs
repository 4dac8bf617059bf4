using System.CommandLine;
using System.Globalization;
using RvpServer.Configuration;
using RvpServer.Directories.Local;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>The command family <c>store</c>; its subject is the configuration, which says where both kinds of stores are.</summary>
internal static class StoreCommand
{
    /// <summary><c>store copy TARGET</c>.</summary>
    public static Command Create(Func<ParseResult, CommandContext<RvpSettings>> open)
    {
        var target = new Argument<StorageProvider>("TARGET") { Description = "Where the copy goes, Postgres or Sqlite: an empty one" };
        var copy = new Command("copy", "Copies the whole store from SQLite to PostgreSQL or back; no server may have either") { target };
        copy.WithAction(open, (context, stop) => CopyAsync(context, context.Parsed.GetRequiredValue(target), stop));
        return new Command("store", "The store as a whole") { copy };
    }

    private static async Task<int> CopyAsync(CommandContext<RvpSettings> context, StorageProvider kind, CancellationToken stop)
    {
        var settings = context.Subject;
        using var held = DataLock.Take(settings.DataDirectory);
        var from = ConfiguredDatabase.OpenSource(settings, kind == StorageProvider.Sqlite ? StorageProvider.Postgres : StorageProvider.Sqlite, held);
        await using var ownedSource = from as IAsyncDisposable;
        var to = ConfiguredDatabase.OpenTarget(settings, kind, held);
        await using var ownedTarget = to as IAsyncDisposable;
        var keys = 0;
        var copy = new StoreCopy(from, to, () => keys = SecretVault.CopyKeys(from, to, settings.DataDirectory));
        var rows = await copy.RunAsync((table, count) => ShowProgress(context, table, count), stop);
        if (context.IsInteractive) context.Error.WriteLine();
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows and {keys} keys are copied from {from.Name} to {to.Name}."));
        if (settings.Storage.Provider != kind) context.Out.WriteLine($"Set Rvp:Storage:Provider to {kind} before the server starts.");
        return ExitCode.Done;
    }

    private static void ShowProgress(CommandContext<RvpSettings> context, string table, long count)
    {
        // Over what a longer line has left.
        if (context.IsInteractive) context.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{table}: {count} rows").PadRight(60));
    }
}
