using System.Globalization;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Nodes;
using RvpServer.Runtime;
using RvpServer.Web;

namespace RvpServer.Admin;

/// <summary>What an account is doing now: where it is signed in, who watches it, whom it lets.</summary>
internal sealed class LiveAccounts(ILiveNodes nodes, NodeLocator locator, WebSessions sessions, StoredSessions stored, WallClock wall, TimeProvider clock)
{
    // Of people with thousands of watchers the first are enough to see who they are.
    private const int MaxShown = 1000;

    /// <summary>All of it.</summary>
    public async Task<ApiLive> ShowAsync(Account account, CancellationToken stop)
    {
        var entry = locator.Of(account);
        var browsers = (await sessions.ListAsync(account, stop))
            .Select(s => new ApiBrowser(s.Id.ToString("N"), s.BegunAt, s.UsedAt, s.Address, s.Browser)).ToList();
        var elsewhere = entry.Location is NodeLocation.AtHome away ? away.Host.ToString() : null;
        if (await nodes.LookAsync(entry.Url, MaxShown, stop) is not { } node)
            return new ApiLive(entry.Url.Spelling, elsewhere, [], browsers, [], 0, []);
        return new ApiLive(
            entry.Url.Spelling, elsewhere, [.. node.SignIns.Select(ToSignIn)], browsers,
            [.. node.Watches.Select(watch => new ApiWatcher(watch.Principal, Of(watch.ExpiresAt)))], node.WatchCount, [.. node.Access.Select(ToAccess)]);
    }

    /// <summary>Ends one sign-in, or a session of the web client; false if there is none with this id.</summary>
    public async Task<bool> SignOutAsync(Account account, string id, CancellationToken stop)
    {
        if (Guid.TryParseExact(id, "N", out var session))
        {
            if (!(await sessions.ListAsync(account, stop)).Any(known => known.Id == session)) return false;
            await stored.EndAsync(account, session, stop);
            return true;
        }
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && await nodes.SignOutAsync(locator.Of(account).Url, number, stop);
    }

    /// <summary>Ends all of them.</summary>
    public async Task SignOutAsync(Account account, CancellationToken stop)
    {
        await stored.EndOthersAsync(account, Guid.Empty, stop);
        await nodes.SignOutAsync(locator.Of(account).Url, signIn: null, stop);
    }

    /// <summary>Those of some accounts that are signed in here.</summary>
    public async Task<IReadOnlySet<Account>> FindSignedInAsync(IReadOnlyCollection<Account> accounts, CancellationToken stop)
    {
        var urls = accounts.ToDictionary(account => account, account => locator.Of(account).Url);
        var found = await nodes.FindSignedInAsync(urls.Values, stop);
        return accounts.Where(account => found.Contains(urls[account])).ToHashSet();
    }

    /// <summary>How many accounts are signed in here.</summary>
    public Task<int> CountSignedInAsync(CancellationToken stop) => nodes.CountSignedInAsync(stop);

    private static ApiAccess ToAccess(LiveAccess entry) => new(entry.Principal, WordsOf(entry.Grant), WordsOf(entry.Deny));

    private static string[] WordsOf(Rights rights) => rights == Rights.None ? [] : rights.ToString().Split(", ");

    private ApiSignIn ToSignIn(LiveSignIn signIn) =>
        new(signIn.Id.ToString(CultureInfo.InvariantCulture), signIn.Address, signIn.Callback, Of(signIn.ExpiresAt), signIn.IsSilent);

    private DateTimeOffset Of(DateTimeOffset expiresAt) => wall.Of(expiresAt, clock.GetUtcNow());
}

/// <summary>What an account is doing now.</summary>
/// <param name="Node">Its logical URL.</param>
/// <param name="Elsewhere">The host of its home server if that is not here: then the rest is not known here.</param>
/// <param name="SignIns">Where it is signed in, oldest first.</param>
/// <param name="Browsers">Its sessions of the web client.</param>
/// <param name="Watchers">Who watches it; at most 1000.</param>
/// <param name="WatcherCount">How many.</param>
/// <param name="Access">What its owner has written into its access list.</param>
internal sealed record ApiLive(
    string Node, string? Elsewhere, IReadOnlyList<ApiSignIn> SignIns, IReadOnlyList<ApiBrowser> Browsers, IReadOnlyList<ApiWatcher> Watchers, int WatcherCount,
    IReadOnlyList<ApiAccess> Access);

/// <summary>A sign-in.</summary>
/// <param name="Id">For signing it out.</param>
/// <param name="Address">The network address.</param>
/// <param name="Callback">Where its news goes; null: it polls.</param>
/// <param name="Until">The end of its lease.</param>
/// <param name="Silent">True if it polls and has not been heard of for too long.</param>
internal sealed record ApiSignIn(string Id, string Address, string? Callback, DateTimeOffset Until, bool Silent);

/// <summary>A session of the web client.</summary>
internal sealed record ApiBrowser(string Id, DateTimeOffset Begun, DateTimeOffset Used, string Address, string Browser);

/// <summary>Somebody who watches.</summary>
internal sealed record ApiWatcher(string Principal, DateTimeOffset Until);

/// <summary>An entry of an access list; without principal it is for everyone.</summary>
internal sealed record ApiAccess(string? Principal, IReadOnlyList<string> Grant, IReadOnlyList<string> Deny);
