using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What a referral costs a router whose directory knows the account already, beside a Kestrel with nothing else in it that answers every request
/// with one fixed 302 of the same headers.
/// </summary>
internal static class ReferralBenchmark
{
    /// <summary>Connections kept busy.</summary>
    public const int Connections = 16;

    private const int Accounts = 1024;

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        await using var bare = await ChildServer.StartAsync(ChildServer.Redirect, [PhysicalOf(0)], stop);
        await using var quiet = await StartAsync(stop);
        await using var logging = await StartAsync(stop, "log");
        await CheckAlikeAsync(bare, quiet, stop);
        Contender[] rows =
        [
            new("bare Kestrel", bare, SignIns),
            new("referral, log (the default)", logging, SignIns),
            new("referral, no log", quiet, SignIns),
        ];
        await new Contest("referrals", Connections, rounds, sink: null, status: 302).RunAsync("referral", rows, stop);
        score.AtMost("302 of a router, to a bare one", 1.3, rows[1].RatioTo(rows[0]), "×");
        score.AtMost("302 of a router, allocated", 2253, rows[1].Median(each => each.Allocated), "bytes");
    }

    /// <summary>Starts a router.</summary>
    public static Task<ChildServer> StartAsync(CancellationToken stop, params string[] more) =>
        ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Accounts), "router", "refer", .. more], stop);

    /// <summary>Each connection asks for accounts of its own in turn, all of them in the first round already.</summary>
    public static Func<byte[]> SignIns(int connection)
    {
        var requests = Enumerable.Range(0, Accounts).Where(i => i % Connections == connection).Select(SignIn).ToArray();
        var turn = 0;
        return () => requests[turn++ % requests.Length];
    }

    private static byte[] SignIn(int number)
    {
        var user = new User(number);
        return User.Write("SUBSCRIBE", user.Path, user.Url,
            "Notification-Type: pragma/notify\r\nCall-Back: http://10.10.1.98:1051\r\nSubscription-Lifetime: 14400\r\n", "");
    }

    private static string PhysicalOf(int number) => "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com" + new User(number).Path;

    /// <summary>The yardstick must say the same, or it measures something else.</summary>
    private static async Task CheckAlikeAsync(ChildServer one, ChildServer other, CancellationToken stop)
    {
        var (said, expected) = (await AnswerAsync(other, stop), await AnswerAsync(one, stop));
        if (!said.SequenceEqual(expected))
        {
            throw new InvalidOperationException($"The answers differ: {string.Join(" | ", expected)} and {string.Join(" | ", said)}");
        }
    }

    private static async Task<IReadOnlyList<string>> AnswerAsync(ChildServer server, CancellationToken stop)
    {
        using var connection = await HttpConnection.OpenAsync(server.Port, stop);
        await connection.AskAsync(SignIn(0), stop);
        return [.. connection.Head.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
