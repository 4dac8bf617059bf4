using System.Collections.Immutable;
using System.Globalization;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Home;
using RvpServer.Runtime;
using RvpServer.Web;

namespace RvpServer.Admin;

/// <summary>What an account is doing now: where it is signed in, who watches it, whom it lets.</summary>
internal sealed class LiveAccounts(NodeTurns turns, NodeLocator locator, WebSessions sessions, StoredSessions stored, WallClock wall, TimeProvider clock)
{
    // Of people with thousands of watchers the first are enough to see who they are.
    private const int MaxShown = 1000;

    /// <summary>All of it, read in the node's turn.</summary>
    public async Task<ApiLive> ShowAsync(Account account, CancellationToken stop)
    {
        var entry = locator.Of(account);
        var browsers = (await sessions.ListAsync(account, stop))
            .Select(s => new ApiBrowser(s.Id.ToString("N"), s.BegunAt, s.UsedAt, s.Address, s.Browser)).ToList();
        var elsewhere = entry.Location is NodeLocation.AtHome away ? away.Host.ToString() : null;
        if (turns.Find(entry.Url) is not { } slot) return new ApiLive(entry.Url.Spelling, elsewhere, [], browsers, [], 0, []);
        using var turn = await slot.TakeTurnAsync(stop);
        var node = slot.Node;
        return new ApiLive(
            entry.Url.Spelling, elsewhere, [.. SignInsOf(slot).Take(MaxShown).Select(ToSignIn)], browsers,
            [.. node.Watches.Take(MaxShown).Select(watch => new ApiWatcher(watch.Principal.Spelling, Until(watch)))], node.Watches.Count,
            [.. node.Access.Written.Take(MaxShown).Select(ToAccess)]);
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
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (turns.Find(locator.Of(account).Url) is not { } slot) return false;
        if (!SignInsOf(slot).Any(signIn => signIn.Id == number)) return false;
        var end = new Unsubscribe(new Caller(slot.Node.Url, Credentials.Internal), number);
        return (await turns.TakeOwnAsync(slot, end, stop)).Answer is not Answer.Refused;
    }

    /// <summary>Ends all of them.</summary>
    public async Task SignOutAsync(Account account, CancellationToken stop)
    {
        await stored.EndOthersAsync(account, Guid.Empty, stop);
        if (turns.Find(locator.Of(account).Url) is { } slot) await turns.TakeOwnAsync(slot, new CloseNode(), stop);
    }

    /// <summary>True if the account is signed in here.</summary>
    public bool IsSignedIn(Account account) => turns.Find(locator.Of(account).Url) is { } slot && !SignInsOf(slot).IsEmpty;

    /// <summary>How many accounts are signed in here.</summary>
    public int CountSignedIn() => turns.All.Count(slot => !SignInsOf(slot).IsEmpty);

    private static ImmutableArray<Subscription> SignInsOf(NodeSlot slot) => slot.Node.SignIns;

    private static ApiAccess ToAccess(AccessEntry entry) => new(entry.Principal?.Spelling, WordsOf(entry.Grant), WordsOf(entry.Deny));

    private static string[] WordsOf(Rights rights) => rights == Rights.None ? [] : rights.ToString().Split(", ");

    private ApiSignIn ToSignIn(Subscription signIn) => new(
        signIn.Id.ToString(CultureInfo.InvariantCulture), signIn.Address.ToString(),
        signIn.Callback is Callback.Direct direct ? direct.Text : null, Until(signIn), signIn.IsSilent);

    private DateTimeOffset Until(Subscription subscription) => wall.Of(subscription.ExpiresAt, clock.GetUtcNow());
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
