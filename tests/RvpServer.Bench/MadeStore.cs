using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Nodes;

namespace RvpServer.Bench;

/// <summary>Makes the store of a server at which everybody is signed in, online and watches others: by the server's own parts, without sockets.</summary>
internal static class MadeStore
{
    // Enough to fill a transaction.
    private const int AtATime = 1024;

    /// <param name="folder">A data folder in which the accounts are already.</param>
    /// <param name="accounts">How many: User0, User1 …</param>
    /// <param name="contacts">How many each watches, the next ones.</param>
    /// <param name="callbackOf">Where the client of an account listens, by its number.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The ids of everybody's subscriptions: the sign-in, then the watches.</returns>
    public static async Task<int[][]> FillAsync(string folder, int accounts, int contacts, Func<int, Uri> callbackOf, CancellationToken stop)
    {
        var root = TestConfiguration.Root(TestConfiguration.MakeOnLoopback(folder, []));
        await using var app = ServerHost.Build(root, RvpSettings.Read(root, folder), "Production", TimeProvider.System);
        await app.Services.GetRequiredService<LocalDirectory>().RefreshAsync(stop);
        var (nodes, directory) = (app.Services.GetRequiredService<INodes>(), app.Services.GetRequiredService<IDirectory>());
        var people = new Someone[accounts];
        var ids = Enumerable.Range(0, accounts).Select(_ => new int[1 + contacts]).ToArray();
        for (var i = 0; i < accounts; i++)
        {
            var account = await directory.FindAsync("im.adatum.com", User.NameOf(i), stop)
                ?? throw new InvalidOperationException(User.NameOf(i) + " has no account.");
            var url = RvpUrl.ForAlias("im.adatum.com", 80, account.Name);
            people[i] = new Someone(url, NodeLocator.OwnerOf(account), new Caller(url, Credentials.Digest), await directory.FindStampAsync(account, stop));
        }
        var lease = new LeaseTerms(null, TimeSpan.FromHours(4));
        var online = new PropertyEdit(PropertyName.State, false, PresenceStates.ElementOf(PresenceState.Online), lease, null);
        await EachAsync(async number =>
        {
            var one = people[number];
            ids[number][0] = await AskAsync(one, one,
                new SignIn(one.Caller, one.Url, new Callback.Direct(callbackOf(number)), null, IPAddress.Loopback) { PasswordStamp = one.Stamp });
            await AskAsync(one, one, new PropPatch(one.Caller, one.Url, IPAddress.Loopback, [online]));
            // The watchers of one, not those whom he watches: one node after the other.
            for (var step = 1; step <= contacts; step++)
            {
                var watcher = people[(number + accounts - step) % accounts];
                ids[(number + accounts - step) % accounts][step] = await AskAsync(watcher, one,
                    new Watch(watcher.Caller, one.Url, new Callback.Logical(watcher.Url), null, IPAddress.Loopback) { PasswordStamp = watcher.Stamp });
            }
        });
        return ids;

        async Task<int> AskAsync(Someone caller, Someone node, Request request)
        {
            var reply = await nodes.AskAsync(node.Url, node.Owner, request, caller.Caller, stop);
            return reply.Answer switch
            {
                Answer.Done done => done.SubscriptionId ?? 0,
                Answer.Refused refused => throw new InvalidOperationException(refused.Refusal.Line),
                var other => throw new InvalidOperationException(other.ToString()),
            };
        }

        Task EachAsync(Func<int, Task> work) => Task.WhenAll(Enumerable.Range(0, AtATime).Select(n => Task.Run(async () =>
        {
            for (var i = n; i < accounts; i += AtATime) await work(i);
        })));
    }

    private sealed record Someone(RvpUrl Url, NodeOwner Owner, Caller Caller, long Stamp);
}
