using System.Diagnostics;
using System.Net;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>What the engine alone takes to tell many watchers of one change: decide and apply, no store, no sockets.</summary>
internal static class EngineBenchmark
{
    public static Task RunAsync(int watchers, int changes)
    {
        var kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
        var owner = new Caller(kari, Credentials.Digest);
        var node = new Node(kari, new NodeOwner("Kari Hensien", "KariHensien@adatum.com"));
        var lastId = 0;
        var turn = 0;
        var moment = new DecisionContext(TimeProvider.System.GetUtcNow(), new Rules(), () => ++lastId);
        Take(new SignIn(owner, kari, new Callback.Direct(new Uri("http://10.10.1.98:1051")), null, IPAddress.Loopback));
        for (var i = 0; i < watchers; i++)
        {
            var watcher = RvpUrl.ForAlias("im.adatum.com", 80, User.NameOf(i));
            Take(new Watch(new Caller(watcher, Credentials.Digest), kari, new Callback.Logical(watcher), null, IPAddress.Loopback));
        }

        Change(changes); // Warms up.
        List<double> micros = [], allocated = [];
        long bodyBytes = 0;
        for (var round = 0; round < 5; round++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            bodyBytes = Change(changes);
            micros.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / changes / watchers);
            allocated.Add((GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)changes / watchers);
        }
        Console.WriteLine($"engine: one change to {watchers} watchers, {changes} changes, 5 rounds; per notification");
        Console.WriteLine($"{"",-16}{"median",10}{"lowest",10}{"highest",10}");
        Console.WriteLine($"{"µs",-16}{Table.Median(micros),10:F2}{micros.Min(),10:F2}{micros.Max(),10:F2}");
        Console.WriteLine($"{"bytes allocated",-16}{Table.Median(allocated),10:F0}{allocated.Min(),10:F0}{allocated.Max(),10:F0}");
        Console.WriteLine($"{"bytes to send",-16}{bodyBytes / (double)changes / watchers,10:F0}");
        return Task.CompletedTask;

        Outcome Take(Request request)
        {
            var outcome = request.Decide(node, moment);
            if (outcome.Answer is Answer.Refused refused) throw new InvalidOperationException(refused.Refusal.Line);
            foreach (var change in outcome.Changes) node.Apply(change);
            return outcome;
        }

        long Change(int count)
        {
            long bytes = 0;
            for (var i = 0; i < count; i++)
            {
                var state = PresenceStates.ElementOf(turn++ % 2 == 0 ? PresenceState.Busy : PresenceState.Away);
                var told = Take(new PropPatch(owner, kari, IPAddress.Loopback, [new PropertyEdit(PropertyName.State, false, state, null, null)])).Notifications;
                if (told.Count != watchers) throw new InvalidOperationException($"{told.Count} of {watchers} watchers were told.");
                foreach (var notification in told) bytes += notification.Body.Length;
            }
            return bytes;
        }
    }
}
