using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Rvp.Testing;
using RvpServer.Reliability.Storms;

namespace RvpServer.Reliability.Overload;

/// <summary>What people do, in the order in which it matters that it is served.</summary>
internal enum Errand
{
    Renewal,
    State,
    SignInAndOut,
    Message,
    Read,
}

/// <summary>One errand that is over.</summary>
/// <param name="Errand">Which.</param>
/// <param name="Status">The answer; 0: none.</param>
/// <param name="SaysWhen">Whether a refusal says when to come again.</param>
/// <param name="Millis">From when it was due.</param>
/// <param name="At">The time stamp of its end.</param>
internal readonly record struct Served(Errand Errand, int Status, bool SaysWhen, double Millis, long At)
{
    public bool IsDone => Status is 200 or 207;
}

/// <summary>
/// A crowd that does errands whether or not earlier ones are over, as real people do: what is due is sent, however slow the answers are.
/// </summary>
/// <param name="members">Who is signed in.</param>
/// <param name="visitors">Who comes and goes.</param>
/// <param name="seed">Where chance begins.</param>
/// <param name="maxLines">How many connections they have at most. More than a machine can open in the time make a test of its connecting.</param>
internal sealed class Flood(StormMember[] members, StormMember[] visitors, int seed, int maxLines) : IDisposable
{
    // Twentieths: most of what a server of this kind is asked.
    private static readonly Errand[] Mix =
    [
        .. Enumerable.Repeat(Errand.Renewal, 4), .. Enumerable.Repeat(Errand.State, 2), .. Enumerable.Repeat(Errand.SignInAndOut, 2),
        .. Enumerable.Repeat(Errand.Message, 8), .. Enumerable.Repeat(Errand.Read, 4),
    ];

    private readonly Random random = new(seed);
    private readonly ConcurrentStack<Line>[] free = [.. Enumerable.Range(0, 2).Select(_ => new ConcurrentStack<Line>())];
    private readonly ConcurrentBag<Served> served = [];
    private int lines;
    private int outstanding;

    /// <summary>How many errands could not even be sent.</summary>
    public int HeldBack { get; private set; }

    /// <summary>So many at a time, each after the last, for a time: what the server can do. Gives those done in a second.</summary>
    public async Task<double> PeakAsync(int atOnce, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began) < time) await DoAsync(Next(), Stopwatch.GetTimestamp());
        })));
        return Take().Count(one => one.IsDone) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>So many a second for a time, whatever is answered.</summary>
    public async Task OfferAsync(double perSecond, TimeSpan time)
    {
        HeldBack = 0;
        var began = Stopwatch.GetTimestamp();
        var sent = 0L;
        while (Stopwatch.GetElapsedTime(began) is var now && now < time)
        {
            for (; sent < now.TotalSeconds * perSecond; sent++)
            {
                if (Volatile.Read(ref outstanding) < maxLines) _ = Task.Run(() => DoAsync(Next(), Stopwatch.GetTimestamp()));
                else HeldBack++;
            }
            await Task.Delay(2);
        }
    }

    /// <summary>Waits until all that was sent has been answered, and gives the answers since the last time.</summary>
    public async Task<IReadOnlyList<Served>> DrainAsync()
    {
        await Deadline.Until(() => Volatile.Read(ref outstanding) == 0, "all answers", () => $"{outstanding} are missing", TimeSpan.FromSeconds(90));
        return Take();
    }

    public void Dispose()
    {
        foreach (var stack in free)
            foreach (var line in stack) line.Connection.Dispose();
    }

    private List<Served> Take()
    {
        var taken = new List<Served>(served.Count);
        while (served.TryTake(out var one)) taken.Add(one);
        return taken;
    }

    private Errand Next()
    {
        lock (random) return Mix[random.Next(Mix.Length)];
    }

    private async Task DoAsync(Errand errand, long due)
    {
        Interlocked.Increment(ref outstanding);
        var kind = errand == Errand.SignInAndOut ? 1 : 0;
        Line? line = null;
        try
        {
            if (!free[kind].TryPop(out line)) line = await OpenAsync(kind);
            var status = await line.DoAsync(errand, members[Random.Shared.Next(members.Length)].Name);
            var saysWhen = StormMember.HeaderOf(line.Connection.Head, "Retry-After").Length > 0;
            Note(errand, status, saysWhen, due);
            free[kind].Push(line);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            line?.Connection.Dispose();
            Note(errand, 0, false, due);
        }
        finally
        {
            Interlocked.Decrement(ref outstanding);
        }
    }

    private void Note(Errand errand, int status, bool saysWhen, long due)
    {
        var now = Stopwatch.GetTimestamp();
        served.Add(new Served(errand, status, saysWhen, Stopwatch.GetElapsedTime(due, now).TotalMilliseconds, now));
    }

    private async Task<Line> OpenAsync(int kind)
    {
        var people = kind == 0 ? members : visitors;
        var person = people[Interlocked.Increment(ref lines) % people.Length];
        return new Line(person, await person.ConnectAsync());
    }

    /// <summary>A connection of somebody's, with a nonce of its own.</summary>
    private sealed record Line(StormMember Person, HttpConnection Connection)
    {
        private readonly User user = new(int.Parse(Person.Name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture));

        public async Task<int> DoAsync(Errand errand, string other)
        {
            var path = "/instmsg/aliases/" + other;
            switch (errand)
            {
                case Errand.Renewal:
                    return await AskAsync("SUBSCRIBE", user.Path, $"Subscription-Id: {Person.SignIn}\r\n");
                case Errand.State:
                    return await AskAsync("PROPPATCH", user.Path, "", StormMember.StateDocument("busy"));
                case Errand.Message:
                    return await AskAsync(
                        "NOTIFY", path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", User.Message(user.Url, "http://im.adatum.com" + path));
                case Errand.Read:
                    return await AskAsync("PROPFIND", path, "Depth: 0\r\n",
                        $"<?xml version=\"1.0\"?><d:propfind {Rvp.Testing.Person.Namespaces}><d:prop><r:state/></d:prop></d:propfind>");
                default:
                    var callback = Person.Office.UrlAt(Person.Address);
                    var status = await AskAsync("SUBSCRIBE", user.Path, $"Notification-Type: pragma/notify\r\nCall-Back: {callback}\r\n");
                    if (status != 200) return status;
                    return await AskAsync("UNSUBSCRIBE", user.Path, $"Subscription-Id: {StormMember.HeaderOf(Connection.Head, "Subscription-Id")}\r\n");
            }
        }

        private async Task<int> AskAsync(string verb, string path, string headers, string body = "")
        {
            var status = await Connection.AskAsync(user.Request(verb, path, headers, body), CancellationToken.None);
            if (status != 401) return status;
            user.Take(Connection.Head);
            return await Connection.AskAsync(user.Request(verb, path, headers, body), CancellationToken.None);
        }
    }
}
