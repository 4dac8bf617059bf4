using System.CommandLine;
using System.Globalization;
using RvpServer.Cluster;
using RvpServer.Configuration;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>The command family <c>cluster</c>.</summary>
internal static class ClusterCommand
{
    /// <summary><c>cluster status</c>.</summary>
    public static Command Create(Func<ParseResult, CommandContext<RvpSettings>> open)
    {
        var json = JsonOutput.Option();
        var status = new Command("status", "Which processes there are and what each has; fails where nobody has some of the shards") { json };
        status.WithAction(open, (context, stop) => ShowAsync(context, context.Parsed.GetValue(json), stop));
        return new Command("cluster", "Several processes as one home server") { status };
    }

    private static async Task<int> ShowAsync(CommandContext<RvpSettings> context, bool asJson, CancellationToken stop)
    {
        var database = ConfiguredDatabase.Open(context.Subject);
        await using var owned = database as IAsyncDisposable;
        var status = await ClusterStatus.ReadAsync(database, stop);
        if (asJson) context.Out.WriteJson(status);
        else
        {
            foreach (var process in status.Processes) context.Out.WriteLine(LineOf(process));
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{status.Processes.Count} processes have {status.Shards - status.Missing} of {status.Shards} shards, which were taken {status.Taken} times."));
        }
        return status.Missing == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static string LineOf(ClusterProcess process)
    {
        var since = process.StartedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var place = process.Address is null ? "alone" : process.IsMember ? $"member at {process.Address}" : $"was at {process.Address}";
        var drained = process.IsDrained ? ", drained" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{process.Name}: {place}, {process.Shards} shards, since {since}{drained}");
    }
}
