using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What a referral costs a router whose directory knows the account already, beside a Kestrel with nothing else in it that answers every request
/// with one fixed 302 of the same headers.
/// </summary>
internal static class ReferralBenchmark
{
    private const int Accounts = 1024;

    public static async Task RunAsync(int referrals, int rounds, CancellationToken stop)
    {
        await using var bare = await ChildServer.StartAsync(ChildServer.Redirect, [PhysicalOf(0)], stop);
        await using var quiet = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Accounts), "router", "refer"], stop);
        await using var logging = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Accounts), "router", "refer", "log"], stop);
        await CheckAlikeAsync(bare, quiet, stop);
        Contender[] rows =
        [
            new("bare Kestrel", bare, SignIns),
            new("referral", quiet, SignIns),
            new("referral, W3C log", logging, SignIns),
        ];
        await new Contest("referrals", 302, referrals, rounds, sink: null).RunAsync("referral", rows, stop);
    }

    // Each connection asks for accounts of its own in turn, all of them in the first round already.
    private static Func<byte[]> SignIns(int connection)
    {
        var requests = Enumerable.Range(0, Accounts).Where(i => i % Contest.Connections == connection).Select(SignIn).ToArray();
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
