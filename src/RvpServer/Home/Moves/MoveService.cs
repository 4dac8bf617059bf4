using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Nodes;
using RvpServer.Outbound;
using RvpServer.Runtime;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Home.Moves;

/// <summary>
/// Sends people to other home servers, and takes those that come:
/// <list type="number">
/// <item>the old home asks whether the person could come; until here nothing has changed;</item>
/// <item>it notes in its store that the node is leaving; from now on nothing changes the node, and nobody is served;</item>
/// <item>it sends the node; the new home stores it, and serves it from that moment: this is when the person moves;</item>
/// <item>on the answer the old home keeps nothing but the note of where the node is, and leads everybody there.</item>
/// </list>
/// Whoever dies in between goes on after its start: the old home sends again what is leaving, and the new one takes the same move once. The node stays only
/// if the new home says that it does not have it, or was surely never asked.
/// </summary>
internal sealed partial class MoveService(NodeTurns turns, MovedHomes moved, NodeLocator locator, ImDomains domains, Arrivals arrivals,
    IEnumerable<IBelongings> belongings, LoopMetrics metrics, TimeProvider clock, ILogger<MoveService> logger, HomeChannel? channel = null)
    : LoopService("moves", metrics, clock, logger), IMoves
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;
    private readonly ConcurrentDictionary<RvpUrl, bool> sending = new();

    /// <summary>
    /// Takes an account that is at home here to another home server. When this returns, that one serves it; the directory is then to be changed
    /// (<see cref="IAccounts.MoveAsync"/>), and until it is, both servers know. An account that is there already stays. Throws <see cref="AccountException"/>
    /// if it stays here, with the reason, or if it is not known yet: then the move goes on by itself.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="home">host[:port] of the other home server.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task MoveAsync(Account account, string home, CancellationToken stop)
    {
        var (url, from, to) = WayOf(account, home);
        if (from is null) return;
        if (channel is null) throw new AccountException(PersonMove.NoKey);
        if (!sending.TryAdd(url, true)) throw new AccountException($"{account.Email} is moving already.");
        try
        {
            var question = new MoveMessage { Request = MoveRequest.Ask, Node = url.ToString(), AccountId = account.Id, Format = PackedNode.Format };
            await AskAsync(to, question, account, stop);
            var owner = NodeLocator.OwnerOf(account);
            // What another account has left under this name stays behind.
            await turns.TakeAsync(url, owner, new FindOwner(), new Caller(url, Credentials.Internal), stop);
            var formers = (moved.Find(url)?.Formers ?? []).Where(former => former != to.ToString()).Prepend(from.PublicHost.ToString()).Distinct();
            var move = new Move(Guid.NewGuid(), MoveStage.Leaving, to.ToString(), [.. formers], clock.GetUtcNow());
            var estate = await turns.BeginLeavingAsync(url, owner, move, stop) ?? throw new AccountException($"{account.Email} is moving already.");
            // From here on the caller's patience is only the caller's.
            var outcome = await SendAsync(url, account, move, estate, isFirst: true, CancellationToken.None);
            if (outcome is not null) throw new AccountException(outcome);
        }
        finally
        {
            sending.TryRemove(url, out _);
        }
    }

    /// <inheritdoc/>
    public async Task<MoveAnswer> AnswerAsync(MoveMessage message, VirtualServer here, CancellationToken stop)
    {
        try
        {
            if (!RvpUrl.TryParse(message.Node, out var node)) return new MoveAnswer("That is no node.");
            if (message.Request != MoveRequest.Send) return await arrivals.AnswerAsync(node, message, here, stop);
            if ((await locator.LocateAsync(node, stop)).Account is not { } account)
                return new MoveAnswer($"The directory of {here.PublicHost} does not know {node}.");
            await MoveAsync(account, message.Home, stop);
            return new MoveAnswer();
        }
        catch (Exception failure) when (failure is AccountException || (failure is UnavailableException && message.Request != MoveRequest.Take))
        {
            return new MoveAnswer(failure.Message);
        }
        // What could not be stored is not refused: it may come again.
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        foreach (var (url, move) in moved.All.ToList())
        {
            if (move.Stage == MoveStage.Leaving) await TryAsync(() => ResumeAsync(url, move, stop), stop);
        }
    }

    // The server has ended in the middle, or the other did.
    private async Task ResumeAsync(RvpUrl url, Move move, CancellationToken stop)
    {
        if (channel is null) throw new DirectoryException(PersonMove.NoKey);
        if (!sending.TryAdd(url, true)) return;
        try
        {
            var account = (await locator.LocateAsync(url, stop)).Account;
            if (account is null || await turns.FindLeavingAsync(url, stop) is not { } estate) return;
            await SendAsync(url, account, move, estate, isFirst: false, stop);
        }
        finally
        {
            sending.TryRemove(url, out _);
        }
    }

    // Null: it has moved. Otherwise why not, or why it is not known.
    private async Task<string?> SendAsync(RvpUrl url, Account account, Move move, IReadOnlyList<Change> estate, bool isFirst, CancellationToken stop)
    {
        if (!HostAndPort.TryParse(move.Home, out var to)) throw new InvalidOperationException($"{move.Home} is no home server.");
        var message = await MessageAsync(url, account, move, estate, isFirst, stop);
        var (outcome, answer) = await channel!.AskAsync(to, message, stop);
        if (answer is { Refusal: null })
        {
            await turns.EndLeavingAsync(url, move with { Stage = MoveStage.Left, At = clock.GetUtcNow() });
            Log.Moved(logger, url, to);
            return null;
        }
        // What was sent before may still be under way: then only the other server's word counts.
        if (answer is null && !(isFirst && outcome is SendOutcome.NotReached or SendOutcome.NotTried))
        {
            Log.Unknown(logger, url, to);
            return $"{account.Email} is moving, but {to} has not answered: it goes on by itself when it does, and until then {account.Email} is not served.";
        }
        var reason = answer?.Refusal ?? $"{to} cannot be reached.";
        await turns.StayAsync(url);
        Log.Stays(logger, url, reason);
        return reason + $" {account.Email} stays where it was.";
    }

    // What cannot even be packed stays, rather than wait without end.
    private async Task<MoveMessage> MessageAsync(
        RvpUrl url, Account account, Move move, IReadOnlyList<Change> estate, bool isFirst, CancellationToken stop)
    {
        try
        {
            return new MoveMessage
            {
                Request = MoveRequest.Take,
                Id = move.Id,
                Node = url.ToString(),
                AccountId = account.Id,
                Formers = move.Formers,
                Format = PackedNode.Format,
                Now = clock.GetUtcNow(),
                Packed = PackedNode.Pack(url, estate),
                Belongings = await PackAsync(account, stop),
            };
        }
        catch when (isFirst)
        {
            await turns.StayAsync(url);
            throw;
        }
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> PackAsync(Account account, CancellationToken stop)
    {
        var packed = new Dictionary<string, byte[]>();
        foreach (var part in belongings)
            if (await part.PackAsync(account, stop) is { } bytes) packed[part.Name] = bytes;
        return packed;
    }

    private async Task AskAsync(HostAndPort home, MoveMessage question, Account account, CancellationToken stop)
    {
        var (outcome, answer) = await channel!.AskAsync(home, question, stop);
        if (answer is { Refusal: null }) return;
        throw new AccountException((answer?.Refusal ?? (outcome == SendOutcome.NoAnswer
            ? $"{home} has not answered as a home server of this organisation: does it run this version, and hold the key of Rvp:OrganisationKeyFile?"
            : $"{home} cannot be reached.")) + $" {account.Email} stays where it was.");
    }

    // From null: the account is there already.
    private (RvpUrl Url, VirtualServer? From, HostAndPort To) WayOf(Account account, string home)
    {
        var found = locator.Of(account);
        if (domains.FindByName(account.Domain)?.LocationOf(home) is not NodeLocation.AtHome { Host: var to })
            throw new AccountException($"{home} is no home server elsewhere.");
        return found.Location switch
        {
            NodeLocation.Here here => (found.Url, here.Server, to),
            NodeLocation.AtHome away when away.Host == to => (found.Url, null, to),
            NodeLocation.AtHome away => throw new AccountException($"{account.Email} is at home on {away.Host}: move it there."),
            _ => throw new AccountException($"{account.Email} is not served."),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "NodeMoved", Level = LogLevel.Information, Message = "{Node} has moved to {Home}")]
        public static partial void Moved(ILogger logger, RvpUrl node, HostAndPort home);

        [LoggerMessage(EventName = "NodeStays", Level = LogLevel.Warning, Message = "{Node} does not move: {Reason}")]
        public static partial void Stays(ILogger logger, RvpUrl node, string reason);

        [LoggerMessage(EventName = "NodeMoveUnknown", Level = LogLevel.Warning,
            Message = "{Node} is moving to {Home}, which has not answered; nobody is served until it does")]
        public static partial void Unknown(ILogger logger, RvpUrl node, HostAndPort home);
    }
}
