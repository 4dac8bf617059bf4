using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Nodes;
using RvpServer.Runtime;

namespace RvpServer.Home;

/// <summary>
/// Has the nodes follow the directory: closes those whose accounts were disabled, removed or moved elsewhere, ends what was made with an earlier password, and
/// forgets what belongs to accounts that have been missing for long.
/// </summary>
internal sealed class AccountService(IDirectory directory, NodeLocator locator, NodeTurns turns, INodes nodes, FreshSubscriptions fresh,
    KeepMissing keep, LoopMetrics metrics, TimeProvider clock, ILogger<AccountService> logger)
    : LoopService("accounts", metrics, clock, logger)
{
    // Looking costs the reading of one number.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // A directory that is down should not fill the log.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    // Nothing changes, but the time of what is missing runs out.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly TimeProvider clock = clock;
    private Dictionary<RvpUrl, long> stamps = [];
    private long? seen;
    private bool mustLookAgain;
    private DateTimeOffset retryAt;
    private DateTimeOffset seenAt;

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        await Task.Delay(Interval, clock, stop);
        var now = clock.GetUtcNow();
        if (now < retryAt) return;
        var version = directory.Version;
        var news = fresh.Take(out var isComplete);
        if (!isComplete) Start();
        var isAll = version != seen || now - seenAt >= LongestPause;
        if (await TryAsync(() => LookAsync(isAll, news, stop), stop))
        {
            if (isAll) (seen, seenAt) = (mustLookAgain ? null : version, now);
            return;
        }
        Start();
        retryAt = now + RetryAfter;
    }

    // All will be looked at, and compared with all that there is.
    private void Start()
    {
        seen = null;
        stamps = [];
    }

    private async Task LookAsync(bool isAll, IReadOnlyCollection<Fresh> news, CancellationToken stop)
    {
        if (isAll) await LookAtAllAsync(stop);
        await LookAtAsync(news, stop);
    }

    private async Task LookAtAllAsync(CancellationToken stop)
    {
        mustLookAgain = false;
        var now = await GlanceAsync(stop);
        // Each domain may have a directory of its own: where one does not answer, the people of the others are looked at all the same.
        var silent = new Dictionary<string, DirectoryException>();
        foreach (var slot in turns.All)
        {
            var url = slot.Node.Url;
            if (url.AliasName is null || now.ContainsKey(url) || silent.ContainsKey(url.Host)) continue;
            try
            {
                if (await LookAtAsync(slot, stop) is { } stamp) now[url] = stamp;
            }
            catch (DirectoryException oneOnly) when (oneOnly.InnerException is AmbiguousNameException)
            {
                // The directory has this name twice, which says nothing of others.
            }
            catch (DirectoryException failure)
            {
                silent[url.Host] = failure;
            }
        }
        foreach (var url in fresh.Subscribers)
        {
            if (now.ContainsKey(url) || silent.ContainsKey(url.Host)) continue;
            try
            {
                if (await StampOfAsync(url, stop) is not { } stamp) continue;
                now[url] = stamp;
                if (stamp == 0) fresh.Forget(url);
            }
            catch (DirectoryException failure)
            {
                silent[url.Host] = failure;
            }
        }
        var changed = now.Where(entry => !stamps.TryGetValue(entry.Key, out var stamp) || stamp != entry.Value).ToDictionary();
        var request = new EndStale(changed, id => !fresh.IsWaiting(id));
        if (changed.Count > 0)
            foreach (var slot in turns.All) await turns.TakeOwnAsync(slot, request, stop);
        stamps = now;
        if (silent.Count > 0) throw silent.Values.First();
    }

    // The stamps of all whose nodes are as the directory has them: most of all, and found at a small part of what it costs to look each of them up.
    private async Task<Dictionary<RvpUrl, long>> GlanceAsync(CancellationToken stop)
    {
        var found = new Dictionary<RvpUrl, long>();
        if (directory.ReadAllAsync(stop) is not { } accounts) return found;
        await foreach (var (account, stamp) in accounts)
        {
            var entry = locator.Of(account);
            if (entry.Location is NodeLocation.Here && turns.Find(entry.Url) is { } slot
                && await slot.IsUpToDateAsync(NodeLocator.OwnerOf(account), stop))
            {
                found[slot.Node.Url] = stamp;
            }
        }
        return found;
    }

    // The stamp of the account's password; null: another home server's, or not sure.
    private async Task<long?> LookAtAsync(NodeSlot slot, CancellationToken stop)
    {
        var (url, visits) = (slot.Node.Url, slot.Visits);
        if (slot.IsLeaving) return null;
        var found = await locator.LocateAsync(url, stop);
        if (found.Account is not { } account)
        {
            var isForgotten = await turns.MissAsync(slot, visits, keep.Time, stop);
            mustLookAgain |= isForgotten is null;
            if (isForgotten == true) await directory.ForgetAsync(url.Host, url.AliasName!, stop);
            return isForgotten is null ? null : 0;
        }
        if (found.Location is not NodeLocation.Here)
        {
            if (!slot.Node.SignIns.IsEmpty) mustLookAgain |= !await turns.CloseAsync(slot, visits, stop);
            return account.IsEnabled ? null : 0;
        }
        await nodes.AskAsync(found.Url, NodeLocator.OwnerOf(account), new FindOwner(), new Caller(found.Url, Credentials.Internal), stop);
        // The account has another name now: what was signed in under this one is over.
        if (!found.Url.Equals(url)) return 0;
        return await directory.FindStampAsync(account, stop);
    }

    private async Task LookAtAsync(IReadOnlyCollection<Fresh> news, CancellationToken stop)
    {
        foreach (var (slot, id, made) in news)
        {
            if (await StampOfAsync(made.Principal, stop) is not { } now || now == made.PasswordStamp) continue;
            await turns.TakeOwnAsync(slot, new EndStale(new Dictionary<RvpUrl, long> { [made.Principal] = now }, other => other == id), stop);
        }
    }

    // Null: the directory has this name twice, or only another server can tell.
    private async Task<long?> StampOfAsync(RvpUrl subscriber, CancellationToken stop)
    {
        try
        {
            var found = await locator.LocateAsync(subscriber, stop);
            if (found.Account is not { IsEnabled: true } account) return 0;
            // One whose password is kept at its home server, which is another: what it proved when it was here still counts.
            if (found.Location is not NodeLocation.Here && account.PasswordMark.Length == 0 && await directory.FindSecretsAsync(account, stop) is null)
                return null;
            return await directory.FindStampAsync(account, stop);
        }
        catch (DirectoryException oneOnly) when (oneOnly.InnerException is AmbiguousNameException)
        {
            return null;
        }
    }
}

/// <summary>How long what belongs to an account is kept after the directory has ceased to know it.</summary>
internal sealed record KeepMissing(TimeSpan Time);
