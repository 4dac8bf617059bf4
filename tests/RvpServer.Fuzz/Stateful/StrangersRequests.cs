using System.Globalization;
using System.Net;
using System.Text;
using Rvp.Testing;

namespace RvpServer.Fuzz.Stateful;

/// <summary>
/// Requests that were right before they were changed, by people with accounts and right or wrong proofs, from many addresses. Whatever they are, each is
/// answered or its connection closed in time, and never with a mistake of the server.
/// </summary>
internal sealed class StrangersRequests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static readonly string[] Tokens =
    [
        "NOTIFY ", "SUBSCRIBE ", "UNSUBSCRIBE ", "POLL ", "ACL ", "PROPFIND ", "PROPPATCH ", "SUBSCRIPTIONS ", "GET ", "COPY ", "OPTIONS * ",
        @"\r\n", @"\r\n\r\n", "Subscription-Id: 1", "Call-Back: http://127.0.0.1:1051", "Call-Back: http://x.example", "Notification-Type: pragma/notify",
        "RVP-From-Principal: ", "RVP-Ack-Type: DeepAnd", "RVP-Hop-Count: 255", "RVP-Poll-Cursor: 9", "Prefer: wait=1", "Depth: infinity",
        "Expect: 100-continue",
        "Transfer-Encoding: chunked", "Content-Length: 0", "Content-Length: 99999999999", "Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=",
        "Authorization: Basic Og==", "Host: xn--a", "Host: ", "User-Agent: \\xFF\\xE9", "Cookie: rvp=x", "X-Forwarded-For: 1.2.3.4", "%00", "%2F",
        "<![CDATA[", "<!DOCTYPE x>", "&#xD800;", "<r:view-id>1</r:view-id>", "HTTP/1.0", "HTTP/2.0", "/rvp/", "/healthz", "/im/",
    ];

    // In the order of the heads that they belong to.
    private static readonly FuzzTarget[] Documents =
        [FuzzTarget.All["propfind"], FuzzTarget.All["propertyupdate"], FuzzTarget.All["acl"], FuzzTarget.All["relayed"]];

    private readonly Random random;
    private readonly IPAddress from;
    private readonly string name;
    private readonly string[] targets;
    private readonly DigestClient right;
    private readonly DigestClient[] wrong;
    private readonly Mutator[] heads;
    private readonly Mutator[] bodies;

    /// <param name="seed">Of the chance that decides all of it.</param>
    /// <param name="name">Who it is.</param>
    /// <param name="others">Whom it goes to, beside itself.</param>
    public StrangersRequests(int seed, string name, string[] others)
    {
        random = new Random(seed);
        this.name = name;
        from = new IPAddress([127, 1, (byte)random.Next(1, 250), (byte)random.Next(1, 250)]);
        targets = [.. others, name, "Nobody"];
        right = new DigestClient(name, TestServer.Password);
        wrong = [new DigestClient(name, "wrong"), new DigestClient(others[0], "wrong")];
        heads = [.. Heads().Select(head => new Mutator(random.Next(), [Encoding.UTF8.GetBytes(head)], Tokens))];
        bodies = [.. Documents.Select(target => new Mutator(random.Next(), [.. CorpusFile.Load(target).Take(5)], target.Tokens))];
    }

    /// <summary>Sends some, one after the other, and gives what came back: 0 for a connection that was only closed.</summary>
    public async Task<IReadOnlyList<int>> SendAsync(TestServer server, int count)
    {
        var statuses = new List<int>();
        while (statuses.Count < count)
        {
            var (request, proof) = Make();
            statuses.Add(await SendAsync(server, request, proof));
        }
        return statuses;
    }

    private async Task<int> SendAsync(TestServer server, byte[] request, DigestClient proof)
    {
        await using var connection = await server.ConnectAsync(from);
        RawAnswer answer;
        try
        {
            await connection.SendAsync(request);
            var reading = connection.ReadAnswerAsync(Hang);
            // A request that is not whole, or waits for news, ends with our side of the connection.
            if (await Task.WhenAny(reading, Task.Delay(Patience)) != reading) connection.FinishSending();
            answer = await reading;
        }
        catch (IOException)
        {
            return 0; // Closed, whole answer or not.
        }
        if (answer.Status is >= 500 and not (501 or 502 or 503 or 505 or 507 or 508))
            throw new InvalidOperationException($"{answer.Status} for {CorpusFile.Write(request)}{Environment.NewLine}{answer}");
        var offers = answer.All("WWW-Authenticate");
        if (offers.FirstOrDefault(offer => offer.StartsWith("Digest", StringComparison.Ordinal)) is { } challenge) proof.Take(challenge);
        return answer.Status;
    }

    private (byte[] Request, DigestClient Proof) Make()
    {
        var target = "/instmsg/aliases/" + targets[random.Next(targets.Length)];
        var kind = random.Next(heads.Length);
        // One half has something wrong in its head or body, the other at most its proof.
        var change = random.Next(4);
        var head = change == 0 ? Encoding.Latin1.GetString(heads[kind].Next()) : Heads().ElementAt(kind);
        head = head.Replace("TARGET", target, StringComparison.Ordinal).Replace("NAME", name, StringComparison.Ordinal)
            .Replace("ID", random.Next(1, 100_000).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var body = kind >= bodies.Length ? [] : change == 1 ? bodies[kind].Next() : CorpusFile.Load(Documents[kind])[0];
        var proof = random.Next(8) == 0 ? wrong[random.Next(wrong.Length)] : right;
        if (random.Next(16) != 0) head += proof.HeaderFor(head.Split(' ')[0], target);
        if (random.Next(16) != 0) head += $"Content-Length: {body.Length}\r\n";
        return ([.. Encoding.Latin1.GetBytes(head + "\r\n"), .. body], proof);
    }

    // In the order of their bodies; then those without.
    private static IEnumerable<string> Heads()
    {
        const string common = " TARGET HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-Notifications-Version: 0.2\r\nRVP-From-Principal: http://im.adatum.com"
            + "/instmsg/aliases/NAME\r\n";
        yield return "PROPFIND" + common + "Depth: 0\r\n";
        yield return "PROPPATCH" + common + "Content-Type: text/xml\r\n";
        yield return "ACL" + common;
        yield return "NOTIFY" + common + "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n";
        yield return "SUBSCRIBE" + common + "Notification-Type: pragma/notify\r\nCall-Back: http://127.0.0.1:1051\r\nSubscription-Lifetime: 14400\r\n";
        yield return "SUBSCRIBE" + common + "Notification-Type: update/propchange\r\nSubscription-Lifetime: 14400\r\n";
        yield return "SUBSCRIBE" + common + "Subscription-Id: ID\r\nSubscription-Lifetime: 14400\r\n";
        yield return "UNSUBSCRIBE" + common + "Subscription-Id: ID\r\n";
        yield return "SUBSCRIPTIONS" + common + "Notification-Type: update/propchange\r\n";
        yield return "POLL" + common + "Subscription-Id: ID\r\n";
        yield return "ACL" + common;
    }
}
