using System.CommandLine;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cli;

/// <summary>The command <c>repair</c>; its subject is the path of the store's file.</summary>
internal static class RepairCommand
{
    /// <summary><c>repair [--check]</c>.</summary>
    public static Command Create(Func<ParseResult, CommandContext<string>> open)
    {
        var check = new Option<bool>("--check") { Description = "Only says whether the store is damaged; a server may run meanwhile" };
        return new Command("repair", "Saves what can be read of a damaged store; the server must be stopped") { check }.WithAction(open, (context, _) =>
        {
            if (!context.Parsed.GetValue(check))
            {
                foreach (var line in SqliteRepair.Repair(context.Subject)) context.Out.WriteLine(line);
                return Task.FromResult(ExitCode.Done);
            }
            var found = SqliteRepair.Check(context.Subject);
            foreach (var line in found) context.Error.WriteLine(line.ReplaceLineEndings(" "));
            context.Out.WriteLine(found.Count == 0 ? $"{context.Subject} is whole." : $"{context.Subject} is damaged.");
            return Task.FromResult(found.Count == 0 ? ExitCode.Done : ExitCode.Failed);
        });
    }
}
