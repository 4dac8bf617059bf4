using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Home.Moves;

/// <summary>
/// Clears up after moves: what a server has kept of a person who has left, notes that all know of. Reminds the administrator of those that the directory does
/// not know.
/// </summary>
internal sealed partial class MoveNotes(MovedHomes moved, ImDomains domains, IDirectory directory, IStore store, IEnumerable<IBelongings> belongings,
    LoopMetrics metrics, TimeProvider clock, ILogger<MoveNotes> logger) : LoopService("move-notes", metrics, clock, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long a note is kept after the move. Decision: longer than servers and clients remember what a directory, or a referral, has said.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        foreach (var (node, move) in moved.All.ToList())
            if (move.Stage != MoveStage.Leaving) await TryAsync(() => LookAsync(node, move, stop), stop);
    }

    private async Task LookAsync(RvpUrl node, Move move, CancellationToken stop)
    {
        if (domains.Find(node.Host) is not { } domain) return;
        var account = await directory.FindAsync(domain.Name, node.AliasName!, stop);
        if (move.Stage == MoveStage.Left && account is not null)
            foreach (var part in belongings) await part.DropAsync(account, stop);
        var named = account is null ? NodeLocation.Nowhere.Instance : domain.LocationOf(account.HomeServer);
        var isOld = clock.GetUtcNow() - move.At >= Kept;
        if (named.Equals(domain.LocationOf(move.Home)) ? !isOld : move.Formers.Any(former => domain.LocationOf(former).Equals(named)))
        {
            if (isOld) Log.NotTold(logger, account!.HomeServer, node, move.Home, account.Email);
            return;
        }
        // The directory knows, or somebody has decided otherwise.
        await store.CommitAsync(node, [new Change.MoveForgotten()]);
        moved.Forget(node);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "DirectoryNotTold", Level = LogLevel.Warning,
            Message = "The directory still names {Former} as the home server of {Node}, which is on {Home}: repeat \"rvpserver user move {Address} {Home}\"")]
        public static partial void NotTold(ILogger logger, string? former, RvpUrl node, string home, string address);
    }
}
