using System.CommandLine;
using System.Globalization;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Cluster;
using RvpServer.Configuration;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>The command <c>drain</c>: empties a process of a cluster before it is stopped for long, or before a balancer forgets it.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary><c>drain [PROCESS]</c>.</summary>
    public static Command Create(Func<ParseResult, CommandContext<RvpSettings>> open, Administrator who)
    {
        var name = new Argument<string>("PROCESS")
        {
            Description = "Its name, machine or address, as cluster status has them; left out: the one on this machine",
            DefaultValueFactory = _ => Environment.MachineName,
        };
        var undo = new Option<bool>("--undo") { Description = "Lets it have its share again instead" };
        var drain = new Command("drain", "Has a process of a cluster give its shards to the others, and waits until it has none") { name, undo };
        return drain.WithAction(open, (context, stop) =>
            RunAsync(context, who, context.Parsed.GetRequiredValue(name), isDrained: !context.Parsed.GetValue(undo), stop));
    }

    private static async Task<int> RunAsync(CommandContext<RvpSettings> context, Administrator who, string name, bool isDrained, CancellationToken stop)
    {
        var clock = WallClock.OfMachine;
        var database = ConfiguredDatabase.Open(context.Subject);
        await using var owned = database as IAsyncDisposable;
        var audit = new AuditLog(new AdminStore(database), new WallClock(clock), clock);
        var process = await new ClusterDrain(database, audit, who).SetAsync(name, isDrained, stop);
        if (!isDrained)
        {
            context.Out.WriteLine($"{process.Name} takes its share again.");
            return ExitCode.Done;
        }
        var began = clock.GetTimestamp();
        while (await FindAsync(database, process, stop) is { Shards: > 0 } left)
        {
            if (clock.GetElapsedTime(began) > Patience)
            {
                context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{left.Name} still has {left.Shards} shards: see its log."));
                return ExitCode.Failed;
            }
            await Task.Delay(Interval, clock, stop);
        }
        context.Out.WriteLine($"{process.Name} has no shards any more, and takes none until it is started again or drain --undo is said.");
        return ExitCode.Done;
    }

    private static async Task<ClusterProcess?> FindAsync(IDatabase database, ClusterProcess wanted, CancellationToken stop) =>
        (await ClusterStatus.ReadAsync(database, stop)).Processes.FirstOrDefault(process => process.Id == wanted.Id);
}
